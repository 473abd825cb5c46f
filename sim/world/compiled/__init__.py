"""The compiled engine, where one was built: nothing but what `setup.py` puts here."""
