package dev.regions.mutants;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Checks the stress tests: weakens the core in one place at a time, and runs the tests that are to notice. A mutant that no
 * test catches is a race that the tests would not find either.
 *
 * <p>At last the tests are run on the core as it is: what a test says of a mutant counts only if it says nothing without.
 *
 * <p>Arguments: the root of the project, the folder for what this makes, and, if only some mutants are to be tried, a regular
 * expression that their names must contain. Exits with status 1 if a mutant survives, or does not apply any more. Writes a
 * table of all mutants with what caught them to {@code docs/mutants.md}, unless only some were tried.
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

    /** What became of a mutant: the failure that caught it, if any, and how soon. */
    private record Fate(Mutant mutant, Optional<StressRun.Failure> failure, StressRun.Effort effort) {
        boolean isCaught() {
            return failure.isPresent();
        }
    }

    private boolean run() throws IOException, InterruptedException {
        List<Mutant> mutants = mutants();
        if (mutants.isEmpty()) {
            throw new IllegalArgumentException("no mutant has a name that contains " + only);
        }
        int unusable = compileAll(mutants);
        if (unusable > 0) {
            System.out.println(unusable + " of " + mutants.size() + " mutants cannot be made; nothing was run");
            return false;
        }
        List<Fate> fates = new ArrayList<>();
        for (Mutant mutant : mutants) {
            Fate fate = fateOf(mutant);
            fates.add(fate);
            System.out.println(
                    fate.isCaught() ? described(fate) : "SURVIVES " + mutant.name() + ": " + mutant.weakened());
        }
        long survivors = fates.stream().filter(fate -> !fate.isCaught()).count();
        System.out.println(mutants.size() + " mutants, " + survivors + " of them survive");
        TreeSet<String> tests = new TreeSet<>();
        mutants.forEach(mutant -> tests.addAll(mutant.tests()));
        Optional<StressRun.Failure> unchanged =
                stress("unchanged").run(Optional.empty(), List.copyOf(tests), StressRun.Effort.SHORT);
        if (unchanged.isPresent()) {
            System.out.println("this says nothing, for without any mutant there is, too: " + unchanged.get());
            return false;
        }
        String table = table(fates);
        Files.writeString(target.resolve("mutants.md"), table);
        if (only.pattern().isEmpty()) {
            Files.writeString(root.resolve("docs/mutants.md"), table);
        }
        return survivors == 0;
    }

    private List<Mutant> mutants() throws IOException {
        List<Mutant> mutants = new ArrayList<>();
        try (Stream<Path> files = Files.list(root.resolve("jcstress-tests/mutants"))) {
            for (Path file : files.sorted().toList()) {
                for (Mutant mutant : MutantFile.read(file)) {
                    if (only.matcher(mutant.name()).find()) {
                        mutants.add(mutant);
                    }
                }
            }
        }
        return mutants;
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

    private Fate fateOf(Mutant mutant) throws IOException, InterruptedException {
        Path classes = folderOf(mutant.name()).resolve("classes");
        Fate fate = null;
        for (StressRun.Effort effort : StressRun.Effort.values()) {
            fate = new Fate(mutant, stress(mutant.name()).run(Optional.of(classes), mutant.tests(), effort), effort);
            if (fate.isCaught()) {
                break;
            }
        }
        return fate;
    }

    private StressRun stress(String name) throws IOException {
        return new StressRun(javaHome, classPath, folderOf(name));
    }

    private Path folderOf(String name) throws IOException {
        return Files.createDirectories(target.resolve(name));
    }

    private static String described(Fate fate) {
        String name = fate.mutant.name();
        return fate.failure
                .map(failure -> "caught   " + name + ", " + fate.effort.words + ", by " + failure.test() + ": "
                        + failure.seen())
                .orElse("SURVIVES " + name + ": " + fate.mutant.weakened());
    }

    private static String table(List<Fate> fates) {
        StringBuilder table = new StringBuilder("""
                # Mutants of the core, and what catches them

                This page is written by the command in [stress-tests.md](stress-tests.md#do-the-tests-notice), which weakens the
                core in one place at a time; do not edit it. Which of several tests notices first, and by which outcome, may
                differ from run to run. The mutants are in `jcstress-tests/mutants`.

                | where | what is weakened | caught by | how soon |
                |---|---|---|---|
                """);
        for (Fate fate : fates) {
            String file = fate.mutant.file();
            String where = file.substring(file.lastIndexOf('/') + 1).replace(".java", "");
            table.append("| `")
                    .append(where)
                    .append("` | ")
                    .append(fate.mutant.weakened())
                    .append(" | ");
            table.append(fate.failure.map(failure -> '`' + failure.test() + '`').orElse("**nothing**"))
                    .append(" | ");
            table.append(fate.isCaught() ? fate.effort.words : "").append(" |\n");
        }
        return table.toString();
    }
}
