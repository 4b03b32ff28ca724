"""Made dynamo_before.onnx: torch 2.13's dynamo exporter, with onnxscript 0.6.2.

That release left linear_before_reset out of nn.GRU, so the file's network is another one
(microsoft/onnxscript#2852). Run with tests/helpers on the path.
"""

from pathlib import Path

import onnx
import torch
from onnx_graphs import INDICES
from onnx_networks import Net

if __name__ == "__main__":
    path = Path(__file__).with_name("dynamo_before.onnx")
    torch.onnx.export(
        Net().eval(), (torch.from_numpy(INDICES)[None],), path,
        dynamo=True, external_data=False, input_names=["indices"],
    )  # fmt: skip
    model = onnx.load(path)
    for part in (*model.graph.node, *model.graph.value_info, *model.graph.initializer):
        del part.metadata_props[:]  # stack traces, with the paths of whoever ran this
    path.write_bytes(model.SerializeToString())
