package dev.regions.testing;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The choices of one schedule: at each point with several candidates, the index of the chosen one.
 *
 * @param interleaving the interleaving of the schedule
 * @param choices the indexes
 */
record Trace(Interleaving interleaving, List<Integer> choices) {
    Trace {
        choices = List.copyOf(choices);
    }

    static Trace parse(String text) {
        String[] parts = text.strip().split(":", -1);
        try {
            Interleaving interleaving = Interleaving.valueOf(parts[0].toUpperCase(Locale.ROOT));
            List<Integer> choices = parts[1].isEmpty()
                    ? List.of()
                    : Arrays.stream(parts[1].split("\\.")).map(Integer::valueOf).toList();
            return new Trace(interleaving, choices);
        } catch (IllegalArgumentException | ArrayIndexOutOfBoundsException wrong) {
            throw new IllegalArgumentException(
                    "'" + text + "' is no trace of a schedule; one looks like 'steps:0.2.1'", wrong);
        }
    }

    /** Returns a chooser that repeats these choices, and takes the first candidate after the last of them. */
    Chooser chooser() {
        List<Integer> left = new ArrayList<>(choices);
        return candidates -> {
            int chosen = candidates.size() == 1 || left.isEmpty() ? 0 : left.remove(0);
            if (chosen < 0 || chosen >= candidates.size()) {
                throw new IllegalStateException("the trace '" + this + "' does not fit the body: it takes number "
                        + chosen + " of " + candidates);
            }
            return chosen;
        };
    }

    @Override
    public String toString() {
        return interleaving.name().toLowerCase(Locale.ROOT)
                + choices.stream().map(String::valueOf).collect(Collectors.joining(".", ":", ""));
    }
}
