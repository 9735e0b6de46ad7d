"""Makes the pytest fixtures of ``fixtures/`` available to the project's own tests."""

pytest_plugins = ["pytester", "fixtures.stimuli", "fixtures.recordings", "fixtures.projects"]
