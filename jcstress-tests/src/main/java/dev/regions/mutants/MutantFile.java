package dev.regions.mutants;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Reads mutants from a text file. A file is about one source file, which it names first; then come the mutants:
 *
 * <pre>
 * file runtime/src/main/java/dev/regions/core/graph/Node.java
 *
 * mutant claim-in-two-steps
 * is The claim looks first, and sets then.
 * tests ClaimTest InterruptTest.InPlace
 * - return STATUS.compareAndSet(this, READY, -worker);
 * + return status == READY &amp;&amp; (status = -worker) != 0;
 * </pre>
 *
 * Lines that begin with a minus sign are a text to find, those with a plus sign what to put there, nothing at all if
 * there are none; after that, another text to find may follow. Lines that begin with a number sign are comments.
 */
final class MutantFile {
    private final Path path;
    private final List<Mutant> mutants = new ArrayList<>();

    private String file = "";
    private String name = "";
    private String weakened = "";
    private List<String> tests = List.of();
    private List<Mutant.Edit> edits = new ArrayList<>();
    private final StringBuilder find = new StringBuilder();
    private final StringBuilder replacement = new StringBuilder();

    private MutantFile(Path path) {
        this.path = path;
    }

    /** Reads all files of a folder, in the order of their names. */
    static List<Mutant> readAll(Path folder) throws IOException {
        List<Mutant> mutants = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path path : files.sorted().toList()) {
                mutants.addAll(read(path));
            }
        }
        return mutants;
    }

    /**
     * Reads a file.
     *
     * @throws IllegalArgumentException if it is not as it should be; the message says where and why
     */
    static List<Mutant> read(Path path) throws IOException {
        MutantFile reader = new MutantFile(path);
        int number = 0;
        for (String line : Files.readAllLines(path)) {
            number++;
            try {
                reader.line(line);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(path + ":" + number + ": " + e.getMessage(), e);
            }
        }
        reader.endMutant();
        return reader.mutants;
    }

    private void line(String line) {
        if (line.isBlank() || line.startsWith("#")) {
            return;
        }
        int space = line.indexOf(' ');
        String keyword = space < 0 ? line : line.substring(0, space);
        String rest = space < 0 ? "" : line.substring(space + 1);
        switch (keyword) {
            case "file" -> file = rest.strip();
            case "mutant" -> {
                endMutant();
                name = rest.strip();
            }
            case "is" -> weakened = rest.strip();
            case "tests" -> tests = List.of(rest.strip().split("\\s+"));
            case "-" -> {
                if (!replacement.isEmpty()) {
                    endEdit();
                }
                find.append(rest).append('\n');
            }
            case "+" -> replacement.append(rest).append('\n');
            default ->
                throw new IllegalArgumentException(
                        "a line begins with file, mutant, is, tests, -, + or #, not with " + keyword);
        }
    }

    private void endEdit() {
        if (!find.isEmpty()) {
            edits.add(new Mutant.Edit(find.toString(), replacement.toString()));
            find.setLength(0);
            replacement.setLength(0);
        }
    }

    private void endMutant() {
        endEdit();
        if (!name.isEmpty()) {
            if (file.isEmpty() || weakened.isEmpty() || tests.isEmpty() || edits.isEmpty()) {
                throw new IllegalArgumentException(
                        path + ": mutant '" + name + "' lacks its file, its description, its tests or its edits");
            }
            mutants.add(new Mutant(name, file, weakened, tests, List.copyOf(edits)));
        }
        name = "";
        weakened = "";
        tests = List.of();
        edits = new ArrayList<>();
    }
}
