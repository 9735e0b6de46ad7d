"""What answers images without being a PyTorch network: functions, ONNX files, features that were computed before."""
