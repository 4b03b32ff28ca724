"""Made the folders shards and shards_bin: huggingface_hub 2.4.0, with torch 2.13.

What Hugging Face's libraries call for a model larger than one file, with files of 250 or 400 bytes
of weights. Run with tests/helpers on the path.
"""

from pathlib import Path

from grus import Network, Shape
from huggingface_hub import save_torch_state_dict

if __name__ == "__main__":
    state = Network(Shape(hidden=4, symbols=3, embedding=2, seed=7)).state_dict()
    for name, safe in (("shards", True), ("shards_bin", False)):
        folder = Path(__file__).with_name(name)
        folder.mkdir(exist_ok=True)
        save_torch_state_dict(
            state, folder, max_shard_size=250 if safe else 400,
            safe_serialization=safe,
        )  # fmt: skip
