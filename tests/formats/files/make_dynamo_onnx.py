"""Made dynamo.onnx and dynamo.onnx.data: torch 2.13's dynamo exporter, with onnxscript 0.7.2.

That exporter takes 15 seconds and a package that nothing else here needs, so its file is kept.
Two layers of 28 units in both directions: large enough that it leaves the slices and joins of the
weights to the graph, and puts them into a file beside it.
"""

from pathlib import Path

import onnx
import torch


class Network(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(28)
        self.embedding = torch.nn.Embedding(7, 3)
        self.gru = torch.nn.GRU(3, 28, 2, batch_first=True, bidirectional=True)
        self.fc = torch.nn.Linear(56, 7)

    def forward(self, indices: torch.Tensor) -> torch.Tensor:
        return self.fc(self.gru(self.embedding(indices))[0])


if __name__ == "__main__":
    path = Path(__file__).with_name("dynamo.onnx")
    torch.onnx.export(
        Network(), (torch.arange(200)[None] % 7,), path,
        dynamo=True, external_data=True, input_names=["indices"],
    )  # fmt: skip
    model = onnx.load(path, load_external_data=False)
    for part in (*model.graph.node, *model.graph.value_info, *model.graph.initializer):
        del part.metadata_props[:]  # stack traces, with the paths of whoever ran this
    path.write_bytes(model.SerializeToString())
