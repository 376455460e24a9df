extension MalformedFile {
    /// Mistakes in spaced numbers, conditionals, exclusions, methods and settings.
    static let language = spaced + conditions + methods + settings

    private static let spaced = [
        Self(
            "a linspace without an end",
            "parameters: {model.scale: {linspace: {start: 0, num: 3}}}",
            "f.yaml:1:38: linspace lacks stop; write {start: 0, stop: 1, num: 5}"),
        Self(
            "a linspace of whole numbers that are none",
            "parameters: {model.layers: {linspace: {start: 1, stop: 2, num: 3}}}",
            "f.yaml:1:39: model.layers is 1.5; it must be a whole number from 1 to 32"),
        Self(
            "a range that never moves",
            "parameters: {model.layers: {range: {start: 1, stop: 9, step: 0}}}",
            "f.yaml:1:36: step must not be 0; write {start: 1, stop: 9, step: 2}"),
        Self(
            "a range that leads away",
            "parameters: {model.layers: {range: {start: 1, stop: 9, step: -1}}}",
            "f.yaml:1:36: no value: the step leads away from stop; give it its sign"),
        Self(
            "a range that is too long",
            "parameters: {model.scale: {range: {start: 0, stop: 1, step: 1e-9}}}",
            "f.yaml:1:35: over 100000 values; take a larger step"),
        Self(
            "a logspace with its ends themselves",
            "parameters: {model.scale: {logspace: {start: 1, stop: 1000, num: 4}}}",
            "f.yaml:1:38: start and stop of logspace are exponents, and these lead beyond all "
                + "numbers; geomspace takes the ends themselves"),
        Self(
            "a grid of 10⁹ points",
            "parameters:\n  model.scale: {linspace: {start: 1, stop: 2, num: 100000}}\n"
                + "  train.learning_rate: {linspace: {start: 1, stop: 2, num: 10000}}\n",
            "f.yaml:1:1: 100000 model.scale × 10000 train.learning_rate × 1 seeds are over "
                + "10000000 trials; split the sweep"),
        Self(
            "min and max in a grid", "parameters: {model.scale: {min: 0, max: 1}}",
            "f.yaml:1:28: model.scale has min and max, which go with method: random or sobol; "
                + "for a grid write linspace or geomspace"),
    ]

    private static let conditions = [
        Self(
            "a condition on nothing that is known", "exclude: ['model.layer == 1']",
            "f.yaml:1:12: no key or axis 'model.layer'; did you mean 'model.layers'?"),
        Self(
            "one equals sign", "exclude: ['model.layers = 1']",
            "f.yaml:1:25: '=' is no operator; write =="),
        Self(
            "a word without quotes", "exclude: ['model.activation == relu']",
            "f.yaml:1:32: text stands in quotes; write \"relu\""),
        Self(
            "an order of texts", "exclude: [model.activation > 1]",
            "f.yaml:1:11: model.activation is text; only numbers go with >"),
        Self(
            "all that is excluded", "name: a\nexclude: [model.layers == 1]",
            "f.yaml:2:1: exclude leaves no cell; let its conditions be narrower"),
        Self(
            "a conditional without a condition",
            "conditional: [{parameters: {model.hidden: {values: [4, 8]}}}]",
            "f.yaml:1:15: a conditional lacks when; write {when: model.layers >= 2, "
                + "parameters: {…}}"),
        Self(
            "a conditional key that is given anyway",
            "parameters: {model.hidden: {value: 4}}\nconditional:\n"
                + "  - {when: model.layers > 1, parameters: {model.hidden: {values: [4, 8]}}}\n",
            "f.yaml:3:43: model.hidden is given twice, also in line 1; keep one"),
        Self(
            "two conditionals at once",
            "parameters: {model.layers: {value: 2}}\nconditional:\n"
                + "  - {when: model.layers > 1, parameters: {model.hidden: {values: [4, 8]}}}\n"
                + "  - {when: model.layers > 0, parameters: {model.hidden: {value: 16}}}\n",
            "f.yaml:3:43: model.hidden is given by two conditionals at once; let their conditions "
                + "differ (where model.hidden = 4)"),
    ]

    private static let methods = [
        Self(
            "a method that waits for results", "method: bayes",
            "f.yaml:1:9: method 'bayes' asks for results first, and a plan does not; "
                + "write one of grid, random, sobol, list"),
        Self(
            "a method that is mistyped", "method: gird",
            "f.yaml:1:9: method cannot be 'gird'; did you mean 'grid'?"),
        Self(
            "draws of a grid", "draws: 3",
            "f.yaml:1:1: draws goes with method: random or sobol, not with grid"),
        Self(
            "a list without lines", "method: list",
            "f.yaml:1:9: method list needs rows; write rows: FILE.csv"),
        Self(
            "a list that is not there", "method: list\nrows: cells.csv",
            "f.yaml:2:7: 'cells.csv' did not come with the sweep"),
        Self(
            "an interval upside down",
            "method: random\ndraws: 2\nparameters: {model.scale: {min: 2, max: 1}}",
            "f.yaml:3:28: min of model.scale is not under its max; swap them"),
        Self(
            "a logarithm of nothing",
            "method: sobol\ndraws: 2\nparameters: {model.scale: {min: 0, max: 1, scale: log}}",
            "f.yaml:3:28: min of model.scale must be over 0 for scale: log"),
    ]

    private static let settings = [
        Self(
            "times without a unit", "run: {time_limit: 20, checkpoint: soon}",
            "f.yaml:1:19: run.time_limit must be a time as 30s, 20m or 4:00:00, not 20",
            "f.yaml:1:35: run.checkpoint must be a time as 30s or 20m, auto or off, not 'soon'"),
        Self(
            "an order that is none, and a share over all",
            "run: {order: seeds_outside, max_fails: 120%}",
            "f.yaml:1:14: run.order cannot be 'seeds_outside'; did you mean 'seeds_outer'?",
            "f.yaml:1:40: run.max_fails must be a share as 5% or a whole number, not '120%'"),
        Self(
            "a theory of what is not measured", "theory: {metrics: [ood_los]}",
            "f.yaml:1:20: no metric 'ood_los' in this sweep; did you mean 'ood_loss'?"),
        Self(
            "an event that is none", "notify: {on: [done]}",
            "f.yaml:1:15: no event 'done'; write finished, \"failed > 5%\" or \"stalled 15m\""),
    ]
}
