package dev.regions.mutants;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Checks the stress tests: weakens the core in one place at a time, and runs the tests that are to notice. A mutant
 * that no test catches is a race that the tests would not find either.
 *
 * <p>First the tests are run on the core as it is: what a test says of a mutant counts only if it says nothing without.
 *
 * <p>Arguments: the root of the project, the folder for what this makes, and, if only some mutants are to be tried, a
 * regular expression that their names must contain. Exits with status 1 if a mutant survives, or does not apply any
 * more. A mutant that was caught is not tried again as long as its source file and its tests are the same. Once all are
 * caught, this writes {@code docs/internals/mutants.md}, a table of all mutants with what caught them.
 */
public final class MutationCheck {
    private final Path root;
    private final Path target;
    private final Pattern only;
    private final Path javaHome = Path.of(System.getProperty("java.home"));
    private final String classPath = System.getProperty("java.class.path");

    private MutationCheck(Path root, Path target, String only) {
        this.root = root;
        this.target = target;
        this.only = Pattern.compile(only);
    }

    /** Runs the check. */
    public static void main(String[] args) throws IOException, InterruptedException {
        String only = args.length > 2 ? args[2] : "";
        boolean good = new MutationCheck(Path.of(args[0]), Path.of(args[1]).toAbsolutePath(), only).run();
        System.exit(good ? 0 : 1);
    }

    private boolean run() throws IOException, InterruptedException {
        List<Mutant> all = MutantFile.readAll(root.resolve("jcstress-tests/mutants"));
        List<Mutant> chosen = all.stream()
                .filter(mutant -> only.matcher(mutant.name()).find())
                .toList();
        if (chosen.isEmpty()) {
            throw new IllegalArgumentException("no mutant has a name that contains " + only);
        }
        int unusable = compileAll(chosen);
        if (unusable > 0) {
            System.out.println(unusable + " of " + chosen.size() + " mutants cannot be made; nothing was run");
            return false;
        }
        List<Mutant> toRun = new ArrayList<>();
        for (Mutant mutant : chosen) {
            if (kept(mutant).isEmpty()) {
                toRun.add(mutant);
            }
        }
        if (!toRun.isEmpty() && !allTestsPassUnchanged(toRun)) {
            return false;
        }
        List<Mutant> survivors = new ArrayList<>();
        for (Mutant mutant : chosen) {
            Verdict verdict = verdictOn(mutant);
            System.out.println(described(mutant, verdict));
            if (!verdict.isCaught()) {
                survivors.add(mutant);
            }
        }
        System.out.println(chosen.size() + " mutants, " + survivors.size() + " of them survive");
        if (survivors.isEmpty()) {
            writeTable(all);
        }
        return survivors.isEmpty();
    }

    /** Compiles all mutants before any is run, so that all that need to be corrected are told at once. */
    private int compileAll(List<Mutant> mutants) throws IOException {
        MutantCompiler compiler = new MutantCompiler(root, classPath);
        int unusable = 0;
        for (Mutant mutant : mutants) {
            try {
                compiler.compile(mutant, folderOf(mutant.name()));
            } catch (Mutant.DoesNotApply e) {
                unusable++;
                System.out.println(e.getMessage());
            }
        }
        return unusable;
    }

    /** What a test says of a mutant counts only if it says nothing without. */
    private boolean allTestsPassUnchanged(List<Mutant> mutants) throws IOException, InterruptedException {
        TreeSet<String> tests = new TreeSet<>();
        mutants.forEach(mutant -> tests.addAll(mutant.tests()));
        Optional<StressRun.Failure> failure =
                stress("unchanged").run(Optional.empty(), List.copyOf(tests), StressRun.Effort.SHORT);
        failure.ifPresent(
                what -> System.out.println("nothing can be said, for without any mutant there is, too: " + what));
        return failure.isEmpty();
    }

    private Optional<Verdict> kept(Mutant mutant) throws IOException {
        return Verdict.kept(folderOf(mutant.name()), keyOf(mutant));
    }

    private Verdict verdictOn(Mutant mutant) throws IOException, InterruptedException {
        Optional<Verdict> kept = kept(mutant);
        return kept.isPresent() ? kept.get() : tryOut(mutant);
    }

    private Verdict tryOut(Mutant mutant) throws IOException, InterruptedException {
        Path folder = folderOf(mutant.name());
        Verdict verdict = null;
        for (StressRun.Effort effort : StressRun.Effort.values()) {
            verdict = new Verdict(
                    stress(mutant.name()).run(Optional.of(folder.resolve("classes")), mutant.tests(), effort), effort);
            if (verdict.isCaught()) {
                break;
            }
        }
        verdict.keep(folder, keyOf(mutant));
        return verdict;
    }

    private String keyOf(Mutant mutant) throws IOException {
        List<Path> tests = new ArrayList<>();
        for (String test : mutant.tests()) {
            tests.add(sourceOf(test));
        }
        return Verdict.keyOf(mutant.applyTo(Files.readString(root.resolve(mutant.file()))), tests);
    }

    private Path sourceOf(String test) throws IOException {
        String file = test.replaceFirst("\\..*", "") + ".java";
        try (Stream<Path> sources = Files.walk(root.resolve("jcstress-tests/src/main/java/dev/regions"))) {
            return sources.filter(path -> path.endsWith(file))
                    .findAny()
                    .orElseThrow(() -> new NoSuchFileException(file));
        }
    }

    private StressRun stress(String name) throws IOException {
        return new StressRun(javaHome, classPath, folderOf(name));
    }

    private Path folderOf(String name) throws IOException {
        return Files.createDirectories(target.resolve(name));
    }

    private static String described(Mutant mutant, Verdict verdict) {
        return verdict.failure()
                .map(failure -> "caught   " + mutant.name() + ", " + verdict.effort().words + ", by " + failure.test()
                        + ": " + failure.seen())
                .orElse("SURVIVES " + mutant.name() + ": " + mutant.weakened());
    }

    /** Writes the table, if all mutants are caught, now or before. */
    private void writeTable(List<Mutant> all) throws IOException {
        StringBuilder table = new StringBuilder("""
                # Mutants of the core, and the tests that catch them

                This page is generated by the command in [stress-tests.md](stress-tests.md#do-the-tests-notice), which weakens the
                core in one place at a time; do not edit it. Which of several tests notices first, and how soon, may differ from
                run to run. The mutants are in `jcstress-tests/mutants`.

                | class | weakening | caught by | how soon |
                |---|---|---|---|
                """);
        for (Mutant mutant : all) {
            Optional<Verdict> verdict = kept(mutant);
            if (verdict.isEmpty()) {
                System.out.println("docs/internals/mutants.md is left as it is: no verdict yet on " + mutant.name());
                return;
            }
            table.append(row(mutant, verdict.get()));
        }
        Files.writeString(root.resolve("docs/internals/mutants.md"), table);
    }

    private static String row(Mutant mutant, Verdict verdict) {
        String where = Path.of(mutant.file()).getFileName().toString().replace(".java", "");
        String test = verdict.failure().orElseThrow().test();
        return "| `" + where + "` | " + mutant.weakened() + " | `" + test + "` | " + verdict.effort().words + " |\n";
    }
}
