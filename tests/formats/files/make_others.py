"""Made the folder others: files of kinds that are not read, each by the library that they are of.

With coremltools 9.0, openvino 2026.4.1, orbax-checkpoint 0.12.8, scipy 1.17.1, scikit-learn 1.9.1
and joblib 1.6.0. Of the orbax checkpoint what it is known by is kept.
"""

import pickle
import shutil
from pathlib import Path

import coremltools
import joblib
import numpy as np
import openvino
import orbax.checkpoint
import scipy.io
from coremltools.converters.mil import Builder
from openvino import opset13
from sklearn.linear_model import LogisticRegression

OUT = Path(__file__).with_name("others")
ONES = np.ones((1, 3), np.float32)


@Builder.program(input_specs=[Builder.TensorSpec(shape=(1, 3))])
def program(x):
    return Builder.add(x=x, y=ONES)


if __name__ == "__main__":
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir()
    for kind, name in (("neuralnetwork", "core.mlmodel"), ("mlprogram", "core.mlpackage")):
        model = coremltools.convert(program, convert_to=kind, skip_model_load=True)
        model.save(str(OUT / name))
    x = opset13.parameter([1, 3], np.float32)
    y = opset13.add(x, opset13.constant(ONES))
    (OUT / "openvino").mkdir()
    openvino.save_model(openvino.Model([y], [x], "net"), OUT / "openvino" / "net.xml")
    scipy.io.savemat(OUT / "arrays.mat", {"W": ONES})
    learned = LogisticRegression().fit(np.arange(4)[:, None], [0, 1, 0, 1])
    for protocol in (0, 5):
        (OUT / f"sklearn{protocol}.pkl").write_bytes(pickle.dumps(learned, protocol))
    joblib.dump(learned, OUT / "sklearn.joblib")
    joblib.dump(learned, OUT / "sklearn.joblib.z", compress=3)
    with orbax.checkpoint.StandardCheckpointer() as checkpointer:
        checkpointer.save((OUT / "orbax").absolute(), {"params": {"w": ONES}})
    for other in (OUT / "orbax").iterdir():
        if other.is_dir():
            shutil.rmtree(other)
    (OUT / "orbax" / "commit_success.txt").unlink()
