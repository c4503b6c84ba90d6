# earns: the next build may get another version.

import sklearn

minor = sklearn.__version__.rpartition(".")[0]
build(current().replace("flask scikit-learn", f"flask==3.1.2 scikit-learn=={minor}.*"))
