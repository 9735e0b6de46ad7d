"""Is the difference real? Paired inference for scores, parents and gates, from draws that all models share.

Pure functions of arrays. A protocol calls one function with what it has at hand at the end of scoring; its result, a
`levels.Design`, goes to `levels.replicates` with the raw score and the normalisation at the fixed ceiling as `scale`.
Units are made by `draws.units`; their source is the identifier and version of the benchmark, or those of what it shares
with others (their stimulus set), so that averages over these benchmarks know that they share it.

=================================  ====================================================================================
protocol                           function, and what it has in hand
=================================  ====================================================================================
shared/neural_predictivity,        `predictivity.predictivity_design`: predictions and test rows of each split, average
own/recording                      responses; stimuli (strata: labels of the splits), neuroids
li2026, cowley2026                 the same; of several sessions, their mean (`parents.mean_replicates`)
majajhong2015 (reverse)            its stimuli only: the units that are predicted are all that the model has
shared/train_test                  `subject_predictivity.subject_predictivity_design`: predictions and responses of each
                                   subject, their scale; test stimuli, neuroids (strata: subjects)
shared/subject_similarity          `subject_similarity.first_order_design`: as below with subjects, for many stimuli
kriegeskorte2008, bracci2019       `similarity.similarity_design`: matrices of model and target; stimuli
coggan2024_fmri                    the same with one matrix per subject, ``correlation="pearson"``; stimuli, subjects
geirhos2021, scialom2024           `answers.observer_design` with ``kappa_of_counts``: whether model and people were
                                   right; stimuli (strata: conditions), people
bmd2024, lonnqvist2024,            the same, with ``accuracy_similarity`` of shares
scialom2024 (accuracy distance)
kato2026                           both of these, with who answered what
imagenet, imagenet_c, objectnet,   `answers.accuracy_design`: whether each answer is right; stimuli (versions of one
geirhos2021 (top-1), hermann2020   photograph have one identifier)
hebart2023 (odd one out)           `answers.triplet_design`: matches, rows of the images of each triplet; images
marques2020 (KS)                   `distributions.distribution_design`: the property of units and neurons, bins, the
                                   published draws; units (each model has its own: not paired), neurons (paired)
rajalingham2018 (i2n), baker2022,  ``Design((Level(stimuli, statistic),))``: the function of weights that their own
maniquet2024, hermann2020 (bias)   bootstrap has already, with rows sorted by ``stimulus_id``; a second level where
                                   people can be drawn
coggan2024_behavior                people, with whom the images that only they saw are drawn (``Design.nested``)
ferguson2024                       images of the model (strata: blocks and set sizes), people; nothing counts twice
kar2019                            `predictivity.rank_design`: times at which held-out images are read, and rows; images
islam2021                          ``Design((Level(stimuli, statistic),))``: shares of dimensions by weights of pairs;
                                   original images (strata: shapes)
malania2007, majajhong2015 over    none yet: thresholds would be fitted again; predictions of time bins would be kept
time, igustibagus2024 (read-out)
=================================  ====================================================================================

Every design also says what its units contribute to the score, by leaving out each in turn (`attribution.attribution`);
`Level.without` where that has a shorter way, or where a smooth score stands for a median. A largest distance has no
such parts, and `Design.indivisible` says so. Of recordings of one's own, functions of the user, cka, metrics that are
computed in parts of the stimuli, and read-outs have no bootstrap values: they would be computed, or fitted, a thousand
times.

Then `parents.parent_replicates` averages over a tree, `differences.paired_difference` compares two models,
`families.holm` adjusts for many leaves, `standings.standings` ranks many models, `gate.judge` decides for a run,
`attribution.contributions` tells which units carry it, and `power` how many more would tell.
"""
