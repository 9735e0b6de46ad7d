"""Recordings in files of one's own: csv, npz, npy and netCDF, read into one form by ``load_recording``."""
