"""Made dynamo_steps.onnx: torch 2.13's dynamo exporter, with onnxscript 0.7.2.

Two layers that are called once a step, and an output layer at each: a node for each of all these.
"""

from pathlib import Path

import onnx
import torch


class Network(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(7)
        self.embedding = torch.nn.Embedding(7, 3)
        self.gru = torch.nn.GRU(3, 5, 2, batch_first=True)
        self.fc = torch.nn.Linear(5, 7)

    def forward(self, indices: torch.Tensor) -> torch.Tensor:
        x, state, scores = self.embedding(indices), None, []
        for t in range(indices.shape[1]):
            states, state = self.gru(x[:, t : t + 1], state)
            scores.append(self.fc(states[:, 0]))
        return torch.stack(scores, 1)


if __name__ == "__main__":
    path = Path(__file__).with_name("dynamo_steps.onnx")
    torch.onnx.export(
        Network(), (torch.arange(8)[None] % 7,), path,
        dynamo=True, external_data=False, input_names=["indices"],
    )  # fmt: skip
    model = onnx.load(path)
    for part in (*model.graph.node, *model.graph.value_info, *model.graph.initializer):
        del part.metadata_props[:]  # stack traces, with the paths of whoever ran this
    path.write_bytes(model.SerializeToString())
