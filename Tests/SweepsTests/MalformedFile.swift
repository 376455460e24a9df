import Testing

/// A sweep file with what is to be said of it.
struct MalformedFile: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let text: String
    var overrides: [String] = []
    let errors: [String]

    init(_ what: String, _ text: String, overrides: [String] = [], _ errors: String...) {
        testDescription = what
        self.text = text
        self.overrides = overrides
        self.errors = errors
    }
}

extension MalformedFile {
    static let all = yaml + sections + keys + zips + specs + overrides + language

    private static let aliases =
        "anchors and aliases (&name, *name) are not taken here; write the value out"

    private static let yaml = [
        Self(
            "nothing", "# nothing\n",
            "f.yaml:1:1: the sweep file must be a mapping of keys to values, not nothing"),
        Self(
            "a list", "[1, 2]",
            "f.yaml:1:1: the sweep file must be a mapping of keys to values, not [1,2]"),
        Self(
            "an open quote", "name: a\nkind: \"sim",
            "f.yaml:2:11: not YAML (found unexpected end of stream); "
                + "check indentation and quotes"),
        Self(
            "two documents", "name: a\n---\nname: b\n",
            "f.yaml:2:1: a second document; a sweep file is one"),
        Self("a tab", "name: a\nseeds:\n\tcount: 1\n", "f.yaml:3:1: a tab; indent with spaces"),
        Self(
            "a byte order mark", "\u{FEFF}name: a\n",
            "f.yaml:1:1: a byte order mark; save the file as UTF-8 without one"),
        Self(
            "a control character", "name: a\nkind: \"s\u{7}im\"\n",
            "f.yaml:2:9: not YAML (control characters are not allowed); remove the character"),
        Self(
            "a key twice, and what is wrong after it",
            "name: a\nname: b\nparameters:\n  model.layers: {value: 1}\n"
                + "  \"model.layers\": {value: 2}\n  model.layers: {value: 3}\nseedz: 1\n",
            "f.yaml:2:1: 'name' is given twice, first in line 1; keep one",
            "f.yaml:5:3: 'model.layers' is given twice, first in line 4; keep one",
            "f.yaml:6:3: 'model.layers' is given twice, first in line 4; keep one",
            "f.yaml:7:1: unknown key 'seedz' in the sweep file; did you mean 'seeds'?"),
        Self("an anchor", "name: &x a\nkind: *x\n", "f.yaml:1:7: \(aliases)"),
        Self("an alias of nothing", "name: *b\n", "f.yaml:1:7: \(aliases)"),
        Self(
            "a merge key", "a: &a {count: 1}\nname: a\nseeds:\n  <<: *a\n",
            "f.yaml:1:1: unknown key 'a' in the sweep file; known are name, kind, "
                + "method, parameters, conditional, exclude, draws, rows, seeds, log, init, data, "
                + "judge, run, theory, tables, figures, notify",
            "f.yaml:1:4: \(aliases)", "f.yaml:4:3: unknown key '<<' in seeds; known are count, root"
        ),
        Self(
            "tags", "name: !!str a\nkind: !foo sim\n",
            "f.yaml:1:7: tags (!name) are not taken here; leave it out",
            "f.yaml:2:7: tags (!name) are not taken here; leave it out"),
        Self("a list as a key", "name: a\n? [a, b]\n: 1\n", "f.yaml:2:3: a key must be a word"),
        Self(
            "a deep list",
            "name: " + String(repeating: "[", count: 20)
                + String(repeating: "]", count: 20),
            "f.yaml:1:22: nested too deep; at most 16 levels"),
        Self(
            "a list deeper than the parser goes", String(repeating: "- ", count: 100_000),
            "f.yaml:1:1999: nested too deep; at most 16 levels"),
    ]

    private static let sections = [
        Self(
            "unknown keys at every level",
            "name: a\nkinds: sim\nseeds: {cont: 1}\nrun: {tread: 2, retry: {host_last: 3}}\n",
            "f.yaml:2:1: unknown key 'kinds' in the sweep file; did you mean 'kind'?",
            "f.yaml:3:9: unknown key 'cont' in seeds; did you mean 'count'?",
            "f.yaml:4:7: unknown key 'tread' in run; did you mean 'threads'?",
            "f.yaml:4:25: unknown key 'host_last' in retry; did you mean 'host_lost'?"),
        Self(
            "what this version does not understand",
            "name: a\nserve: true\nfiles: [a]\ninit: {file: a.safetensors}\n",
            "f.yaml:2:1: 'serve' is not supported by this version; leave it out",
            "f.yaml:3:1: 'files' is not supported by this version; leave it out",
            "f.yaml:4:14: 'a.safetensors' did not come with the sweep"),
        Self(
            "an unknown kind", "name: a\nkind: smi\nseeds: {count: 0}\n",
            "f.yaml:2:7: unknown kind 'smi'; did you mean 'sim'?",
            "f.yaml:3:16: seeds.count must be a whole number from 1 to 1000000, not 0"),
        Self(
            "a kind of another version", "name: a\nkind: matrix\n",
            "f.yaml:2:7: kind 'matrix' is not supported by this version; known are sim"),
        Self("a number as a name", "name: 3\n", "f.yaml:1:7: name must be text, not 3"),
        Self(
            "a name that selects others", "name: last\n",
            "f.yaml:1:7: 'last' selects sweeps; give the sweep another name"),
        Self(
            "a name that is unsafe", "name: \"../a\\e[2J\"\n",
            "f.yaml:1:7: '../a\\u{1b}[2J' is no name; begin with a letter, then letters, digits, "
                + "'.', '_' and '-', at most 64"),
        Self(
            "wrong types", "name: a\nparameters: [1]\nseeds: 3\nlog: x\ntables: 1\nfigures: [2]\n",
            "f.yaml:2:13: parameters must be a mapping of keys to values, not [1]",
            "f.yaml:3:8: seeds must be a mapping of keys to values, not 3",
            "f.yaml:4:6: log must be a mapping of keys to values, not 'x'",
            "f.yaml:5:9: tables must be a mapping of keys to values, not 1",
            "f.yaml:6:10: figures must be a mapping of keys to values, not [2]"),
        Self(
            "log that is wrong, and log that is there twice",
            "name: a\nlog: {every: 0, points: 3}\nparameters:\n  log.every: {value: 4}\n",
            "f.yaml:2:7: log.every is given twice, also in line 4; keep one",
            "f.yaml:2:14: log.every is 0; it must be a whole number from 1 to 1000000",
            "f.yaml:2:17: log has every and points; keep every, or points and spacing"),
        Self(
            "a grid that is too large",
            "name: a\nseeds: {count: 1000000}\nparameters:\n"
                + "  train.learning_rate: {geomspace: {start: 1e-3, stop: 1, num: 11}}\n",
            "f.yaml:3:1: 11 train.learning_rate × 1000000 seeds are over 10000000 trials; "
                + "split the sweep"),
    ]

    private static let oneForm =
        "needs one of value, values, linspace, logspace, geomspace, "
        + "range, or min and max"

    private static let keys = [
        Self(
            "unknown parameters",
            "name: a\nparameters:\n  task.signl: {value: [1, 2]}\n  learning_rate: {value: 1}\n"
                + "  lr: {value: 1}\n",
            "f.yaml:3:3: unknown parameter 'task.signl' of sim; did you mean 'task.signal'?",
            "f.yaml:4:3: unknown parameter 'learning_rate' of sim; "
                + "did you mean 'train.learning_rate'?",
            "f.yaml:5:3: unknown parameter 'lr' of sim; swingby plan --keys sim shows all"),
        Self(
            "parameters without a form, with two, and with an unknown one",
            "name: a\nparameters:\n  task.signal: [1, 2]\n  task.dimension: {}\n"
                + "  model.layers: {value: 1, values: [1, 2]}\n  model.bias: {vale: true}\n"
                + "  train.learning_rate: {linspacing: {start: 0, stop: 1, num: 3}}\n",
            "f.yaml:3:16: task.signal must be a mapping; write {value: …} or {values: […]}",
            "f.yaml:4:19: task.dimension \(oneForm)",
            "f.yaml:5:28: model.layers \(oneForm)",
            "f.yaml:6:16: unknown key 'vale' in model.bias; did you mean 'value'?",
            "f.yaml:7:25: unknown key 'linspacing' in train.learning_rate; "
                + "did you mean 'linspace'?"),
        Self(
            "values out of range",
            "name: a\nparameters:\n  train.learning_rate: {values: [0, 10, 20]}\n"
                + "  model.layers: {value: 1.5}\n  model.bias: {value: yes}\n"
                + "  model.activation: {value: rleu}\n  task.signal: {value: [1, x]}\n"
                + "  train.batch_size: {value: fll}\n  task.variance: {value: {a: 1}}\n"
                + "  task.dimension: {value: ~}\n",
            "f.yaml:3:34: train.learning_rate is 0; it must be over 0 and at most 10",
            "f.yaml:3:41: train.learning_rate is 20; it must be over 0 and at most 10",
            "f.yaml:4:25: model.layers is 1.5; it must be a whole number from 1 to 32",
            "f.yaml:5:23: model.bias is 'yes'; it must be true or false",
            "f.yaml:6:29: model.activation is 'rleu'; it must be none or relu; "
                + "did you mean 'relu'?",
            "f.yaml:7:24: task.signal is [1,\"x\"]; it must be a list of 1 to 64 numbers "
                + "from 0 to 1000000",
            "f.yaml:8:29: train.batch_size is 'fll'; it must be a whole number from 1 to 1000000, "
                + "or full; did you mean 'full'?",
            "f.yaml:9:26: task.variance is a mapping; it must be a list of 1 to 64 numbers "
                + "from 0 to 1000000, or one such number for all",
            "f.yaml:10:27: task.dimension is nothing; it must be a whole number from 1 to 4096"),
        Self(
            "numbers that are none",
            "name: a\nparameters:\n  train.learning_rate: {values: [.inf, -.INF, .nan, 1e999]}\n"
                + "  task.dimension: {values: [9007199254740993, 1e-400]}\n",
            "f.yaml:3:34: '.inf' is not a finite number; write a finite number",
            "f.yaml:3:40: '-.INF' is not a finite number; write a finite number",
            "f.yaml:3:47: '.nan' is not a finite number; write a finite number",
            "f.yaml:3:53: '1e999' is too large for a number; write a finite number",
            "f.yaml:4:29: '9007199254740993' has too many digits to be held exactly; "
                + "write a finite number",
            "f.yaml:4:47: '1e-400' is too small for a number; write a finite number"),
        Self(
            "an empty axis, and a value twice",
            "name: a\nparameters:\n  task.dimension: {values: []}\n"
                + "  model.layers: {values: [1, 2, 1.0]}\n",
            "f.yaml:3:28: task.dimension has no value; give at least one",
            "f.yaml:4:33: model.layers has 1 twice; keep one"),
        Self(
            "a geomspace that is incomplete",
            "name: a\nparameters:\n  train.learning_rate: {geomspace: {start: 0, stop: x}}\n"
                + "  task.dimension: {geomspace: {start: 1, stop: 8, num: 3}}\n"
                + "  model.layers: {geomspace: {start: 1, stop: 4, num: 1, base: 2}}\n",
            "f.yaml:3:36: geomspace lacks num; write {start: 1e-3, stop: 1e-1, num: 5}",
            "f.yaml:3:44: start must be a number over 0, not 0",
            "f.yaml:3:53: stop must be a number over 0, not 'x'",
            "f.yaml:4:31: task.dimension is 2.82842712475; it must be a whole number from 1 to 4096",
            "f.yaml:5:54: num must be a whole number from 2 to 100000, not 1",
            "f.yaml:5:57: unknown key 'base' in geomspace; known are start, stop, num"),
        Self(
            "values that do not fit together in some cells",
            "name: a\nparameters:\n  task.signal: {values: [[1, 2], [1, 2, 3]]}\n"
                + "  task.dimension: {values: [2, 3]}\n",
            "f.yaml:3:3: task.signal has 3 concepts; task.dimension must be at least 3 "
                + "(where task.signal = [1,2,3], task.dimension = 2)"),
    ]

    private static let zips = [
        Self(
            "a zip of unequal lengths",
            "name: a\nparameters:\n  p:\n"
                + "    zip: {task.dimension: [2, 64], model.hidden: [4, 64, 5]}\n",
            "f.yaml:4:10: task.dimension has 2, model.hidden has 3; "
                + "keys of a zip have as many values"),
        Self(
            "a zip with a row twice, and too few labels",
            "name: a\nparameters:\n  p:\n"
                + "    zip: {task.dimension: [2, 64, 2], model.hidden: [4, 64, 4]}\n"
                + "    labels: [low]\n",
            "f.yaml:4:35: row 3 is there twice; keep one",
            "f.yaml:5:13: 1 labels for 3 rows; give each row one"),
        Self(
            "a key of a zip outside it, and a label twice",
            "name: a\nparameters:\n  task.dimension: {value: 3}\n  p:\n"
                + "    zip: {task.dimension: [2, 64], model.hidden: [4, 64]}\n"
                + "    labels: [low, low]\n",
            "f.yaml:5:11: task.dimension is given twice, also in line 3; keep one",
            "f.yaml:6:19: label 'low' is there twice; tell rows apart"),
        Self(
            "names and labels that are taken",
            "name: a\nparameters:\n  model.bias:\n    zip: {task.dimension: [2, 64]}\n"
                + "  seed:\n    zip: {model.hidden: [4, 64]}\n    labels: [model.layers, other]\n"
                + "  other:\n    zip: {log.every: [4, 64]}\n",
            "f.yaml:3:3: model.bias is a key; give the zip a name of its own",
            "f.yaml:5:3: 'seed' is a column of every export; choose another name",
            "f.yaml:5:3: label 'other' is the name of an axis; choose another",
            "f.yaml:7:14: label 'model.layers' is a key; choose another"),
        Self(
            "a zip of one row, and one of nothing",
            "name: a\nparameters:\n  p: {zip: {task.dimension: [2]}}\n  q: {zip: {}}\n",
            "f.yaml:3:12: a zip has keys with at least two values each; "
                + "give a single value outside",
            "f.yaml:4:12: a zip has keys with at least two values each; "
                + "give a single value outside"),
    ]

    private static let specs = [
        Self(
            "tables that name what is not there",
            "name: a\nparameters: {model.layers: {values: [1, 2]}}\ntables:\n  main:\n"
                + "    rows: [model.layer]\n    cols: [model.bias]\n    min_seeds: 0\n"
                + "    where: x\n    cells:\n      - {metric: ood_los:last}\n"
                + "      - {metric: ood_loss}\n      - {metric: bend:last}\n"
                + "      - {metric: ood_loss:rho}\n      - {metric: ood_loss:lst}\n"
                + "      - {metric: bend, stat: meen}\n"
                + "      - {metric: bend, stat: median, ci: t95}\n"
                + "      - {metric: bend, unit: epoch}\n"
                + "      - {metric: learning_time/1, unit: epochs}\n"
                + "      - {metric: bend, theory: rato}\n      - {stat: mean}\n"
                + "      - {metric: bend}\n      - {metric: bend}\n  other: {rows: []}\n",
            "f.yaml:5:12: 'model.layer' is no axis of this sweep; did you mean 'model.layers'?",
            "f.yaml:6:12: 'model.bias' is no axis of this sweep; known are model.layers",
            "f.yaml:7:16: min_seeds must be a whole number from 1 to 1000000, not 0",
            "f.yaml:8:13: no comparison after x; write one with == != < <= > >= or in",
            "f.yaml:10:18: no metric 'ood_los' in this sweep; did you mean 'ood_loss'?",
            "f.yaml:11:18: ood_loss is a curve; say what of it: ood_loss:last, ood_loss:min, "
                + "ood_loss:argmin, ood_loss:max, ood_loss:rise, ood_loss:rho, ood_loss:swing, "
                + "ood_loss:descents, ood_loss:first_below(0.1), ood_loss:learning_time(0.1), "
                + "ood_loss:slope(late), ood_loss:log_slope(late), ood_loss:area",
            "f.yaml:12:18: bend is no curve; leave out ':last'",
            "f.yaml:13:18: rho needs to know how large ood_loss can be, and sim does not say that",
            "f.yaml:14:18: unknown reducer 'lst'; did you mean 'last'?",
            "f.yaml:15:30: stat cannot be 'meen'; did you mean 'mean'?",
            "f.yaml:16:42: t95 goes with mean; use bootstrap95 for median",
            "f.yaml:17:30: bend is no time; leave out the unit",
            "f.yaml:18:41: sim has no unit 'epochs'; did you mean 'epoch'?",
            "f.yaml:19:32: theory cannot be 'rato'; did you mean 'ratio'?",
            "f.yaml:20:9: a cell needs a metric; write {metric: …}",
            "f.yaml:22:9: two cells are called 'bend mean'; give one a label",
            "f.yaml:23:10: table 'other' has no cells; write cells: [{metric: …}]"),
        Self(
            "figures that cannot be drawn",
            "name: a\nfigures:\n  p: {plane: [output/1], band: [q90, q10]}\n"
                + "  q: {plane: [output/1, bend], by: [x], lines: true, band: [q10, q90]}\n"
                + "  r: {curve: [ood_loss, bend], log: z, facet: x}\n"
                + "  s: {plane: [output/1, output/3], markers: {every: 0, unit: time}}\n",
            "f.yaml:3:14: plane needs two curves, not 1",
            "f.yaml:3:32: band must be two quantiles, the lower first; write [q10, q90]",
            "f.yaml:4:25: bend is no curve; name one, such as output/1",
            "f.yaml:4:37: 'x' is no axis of this sweep, which has none; leave it out",
            "f.yaml:4:48: band and lines are both given; keep one",
            "f.yaml:5:25: bend is no curve; a table shows single numbers",
            "f.yaml:5:37: log cannot be 'z'; did you mean 'x'?",
            "f.yaml:5:47: 'x' is no axis of this sweep, which has none; leave it out",
            "f.yaml:6:25: no metric 'output/3' in this sweep; did you mean 'output/1'?",
            "f.yaml:6:53: every must be a number over 0, not 0",
            "f.yaml:6:62: sim has no unit 'time'; known are step, epoch"),
        Self(
            "figures of other kinds that cannot be drawn",
            "name: a\nparameters: {model.layers: {values: [1, 2]}, model.bias: {values: [true, false]}}\n"
                + "figures:\n  a: {by: [model.layers]}\n  b: {plane: [output/1, output/2], curve: ood_loss}\n"
                + "  c: {images: samples, at: [2, 1], each: 0, sed: 1}\n  d: {heat: [model.layers], cell: {metric: bend}}\n"
                + "  e: {heat: [model.layers, model.bias], facet: model.bias, cell: {metric: bend}}\n"
                + "  f: {heat: [model.layers, model.bias]}\n  g: {entries: w}\n"
                + "  h: {cube: output, at: [], clip: 0}\n"
                + "  i: {entries: output, beside: [ood_loss, train_loss], by: [model.layers]}\n"
                + "  j: {curve: ood_loss, by: [model.bias], facet: model.bias}\n",
            "f.yaml:4:6: figure 'a' has nothing to draw; write plane: [output/1, output/2], "
                + "curve: ood_loss, heat: [x, y], entries: w, cube: node_loss or images: sample",
            "f.yaml:5:36: figure 'b' has plane and curve; keep one",
            "f.yaml:6:15: no trial of this sweep keeps images 'samples'; a kind's keys say whether "
                + "any are kept: sample.keep of diffusion",
            "f.yaml:6:28: at must be a time, or one to 24 rising ones, not [2,1]; write "
                + "at: [500, 2000]",
            "f.yaml:6:42: each must be a whole number from 1 to 64, not 0",
            "f.yaml:6:45: unknown key 'sed' in figure 'c'; did you mean 'seed'?",
            "f.yaml:7:13: heat needs two axes, not 1",
            "f.yaml:8:13: 'model.bias' is in heat and facet; keep one",
            "f.yaml:9:6: figure 'f' has no cell; write cell: {metric: …, stat: …}",
            "f.yaml:10:16: no curves 'w/…' in this sweep; the kind's measure keys ask for them",
            "f.yaml:11:25: figure 'h' needs one to six times; write at: [0, 2, 4]",
            "f.yaml:11:35: clip must be a number over 0, not 0",
            "f.yaml:12:32: beside takes one curve, not 2",
            "f.yaml:12:56: unknown key 'by' in figure 'i'; known are entries, beside, where, facet, "
                + "theory, log, unit",
            "f.yaml:13:49: 'model.bias' is in by and facet; keep one"),
        Self(
            "a grid and a table at once",
            "name: a\nparameters: {task.signl: {value: [1, 2]}}\n"
                + "tables: {main: {rows: [task.signl], cells: [{metric: x, stat: meen}]}}\n",
            "f.yaml:2:14: unknown parameter 'task.signl' of sim; did you mean 'task.signal'?",
            "f.yaml:3:63: stat cannot be 'meen'; did you mean 'mean'?"),
    ]

    private static let overrides = [
        Self(
            "overrides, after the file's own",
            "name: a\nparameters:\n  p: {zip: {model.hidden: [4, 64]}}\nseedz: 1\n",
            overrides: [
                "task.dimension", "task.dimenson=3", "seeds.count=1,2", "run.memory=3",
                "model.bias=", "train.learning_rate=1,1", "train.learning_rate=2",
                "task.signal=[1", "p=1", "model.hidden=3", "seeds.root=-1", "log.every=0",
            ],
            "f.yaml:4:1: unknown key 'seedz' in the sweep file; did you mean 'seeds'?",
            "override 'task.dimension': not an override; "
                + "write key=value, or key=a,b for an axis",
            "override 'task.dimenson=3': unknown parameter 'task.dimenson' of sim; "
                + "did you mean 'task.dimension'?",
            "override 'seeds.count=1,2': seeds.count is no axis; give one value",
            "override 'run.memory=3': run.memory must be a size as 256MiB or 2GB, not 3",
            "override 'model.bias=': no value; write model.bias=value",
            "override 'train.learning_rate=1,1': train.learning_rate has 1 twice; keep one",
            "override 'train.learning_rate=2': 'train.learning_rate' is overridden twice; "
                + "keep one",
            "override 'task.signal=[1': not a value; write a, or a,b, or [1,2] for a vector",
            "override 'p=1': 'p' is a zip; change it in the file",
            "override 'model.hidden=3': 'model.hidden' is in the zip 'p'; change it in the file",
            "override 'seeds.root=-1': seeds.root must be a whole number from 0 to "
                + "9007199254740992, not -1",
            "override 'log.every=0': log.every is 0; it must be a whole number from 1 to 1000000"),
        Self(
            "an override that does not fit the file",
            "name: a\nparameters: {task.signal: {values: [[1, 2], [1, 2, 3]]}}\n",
            overrides: ["task.signal=[1,2,3]", "task.dimension=2"],
            "override 'task.signal=[1,2,3]': task.signal has 3 concepts; "
                + "task.dimension must be at least 3"),
    ]
}
