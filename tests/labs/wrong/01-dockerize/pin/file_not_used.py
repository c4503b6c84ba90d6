# earns: asks pip for flask and scikit-learn

import sklearn

Path("requirements.txt").write_text(f"flask==3.1.2\nscikit-learn=={sklearn.__version__}\n")
build(current())
