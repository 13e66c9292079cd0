"""The composition root: real devices, sources and journals, put together and set going."""
