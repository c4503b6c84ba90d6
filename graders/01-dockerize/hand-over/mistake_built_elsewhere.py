# earns: Your colleague loaded another image than your {image}:1.
beside(
    "theirs",
    "FROM python:3.12-slim\nWORKDIR /app\nCOPY app.py model.pkl ./\nRUN pip install flask scikit-learn\n"
    f"ENV PORT={values['port']}\nCMD python app.py\n",
    "colleague:1",
    app=Path("app.py").read_text(),
)
