# earns: asks pip for flask: the next build may get another version.

import sklearn

build(current().replace("flask scikit-learn", f"flask scikit-learn=={sklearn.__version__}"))
