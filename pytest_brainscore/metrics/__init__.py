"""What numbers are made of: pure functions on arrays, of NumPy and SciPy alone, each of which tells its source.

Rooms, by the question they answer:

``predictivity``
    Can features predict responses to other stimuli? PLS, ridge, least squares, the best unit; and can objects be read
    out of them?
``similarity``
    Do two populations tell the same stimuli apart? Dissimilarity and similarity matrices, centred kernel alignment.
``behavior``
    Do two observers answer alike? Accuracies, errors, confusions, image by image; thresholds; solution times.
``tuning``
    Which properties do single units have, and are they distributed alike?
``reliability``
    What do data say of themselves? Ceilings, and scores relative to them.
``shared``
    What several of these need: splits, correlations, and how many numbers become one.

All know ``shared``, which knows none of them; ``behavior`` takes the Spearman-Brown formula from ``reliability``, and
``similarity`` the Gram matrix from ``predictivity``. There is no other arrow between rooms. Functions are reached by a
benchmark, or by ``pytest_brainscore.score``: `pytest_brainscore.benchmarks.own.metric_registry` lists its metrics.
"""
