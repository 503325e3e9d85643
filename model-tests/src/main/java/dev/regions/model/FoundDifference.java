package dev.regions.model;

import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;

/**
 * A difference from the model, made small.
 *
 * @param program the smallest program that was found to differ
 * @param differences in what it differs, in words
 */
record FoundDifference(Program program, List<String> differences) {
    /** A smaller program is tried so often before it is taken for one that does not differ. */
    private static final int RUNS = 50;

    private static final Duration TIME = Duration.ofSeconds(60);
    /** Shorter than for the first run of a program: many of the smaller ones may not end either. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /** Makes a program smaller that was seen to differ. */
    static FoundDifference shrink(ModelCheck check, Program program, List<String> differences) {
        ModelCheck quick = check.patient(PATIENCE);
        FoundDifference[] smallest = {new FoundDifference(program, differences)};
        Predicate<Program> fails = candidate -> {
            for (int run = 0; run < RUNS; run++) {
                List<String> found = differences(quick, candidate);
                if (!found.isEmpty()) {
                    smallest[0] = new FoundDifference(candidate, found);
                    return true;
                }
            }
            return false;
        };
        new Shrinker(fails, TIME).shrink(program);
        return smallest[0];
    }

    private static List<String> differences(ModelCheck check, Program program) {
        try {
            return check.differences(program);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return List.of();
        }
    }

    /** Returns the program as a test class. */
    String asJava(String className) {
        return JavaPrinter.print(program, className);
    }

    @Override
    public String toString() {
        return "The runtime differs from the model: " + String.join("; ", differences)
                + "\nThe smallest program that was found, as a test:\n\n" + asJava("FoundProgramTest");
    }
}
