package dev.regions.mutants;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A change to one source file that weakens one hand-off.
 *
 * @param name of the mutant, unique
 * @param file the source file, relative to the root of the project
 * @param weakened what no longer holds, in words
 * @param tests the stress tests that are to notice, by class name, or by class and nested class
 * @param edits what to change
 */
record Mutant(String name, String file, String weakened, List<String> tests, List<Edit> edits) {

    /**
     * One replacement.
     *
     * @param find the text to replace, which must be there exactly once; any white space in it stands for any other
     * @param replacement what to put there
     */
    record Edit(String find, String replacement) {}

    /** Says that the source has moved on, and the mutant has not. */
    static final class DoesNotApply extends RuntimeException {
        private static final long serialVersionUID = 1L;

        DoesNotApply(String message) {
            super(message);
        }
    }

    /**
     * Returns the source with the change made.
     *
     * @throws DoesNotApply if a text to replace is not in it, or is there more than once
     */
    String applyTo(String source) {
        String changed = source;
        for (Edit edit : edits) {
            String words = Arrays.stream(edit.find.strip().split("\\s+"))
                    .map(Pattern::quote)
                    .collect(Collectors.joining("\\s+"));
            Matcher matcher = Pattern.compile(words).matcher(changed);
            long found = matcher.results().count();
            if (found != 1) {
                throw new DoesNotApply("mutant '" + name + "' does not apply: its text must be in " + file
                        + " exactly once, and is there " + found + " times. Find what has become of it, and correct the"
                        + " mutant:\n" + edit.find.stripTrailing().indent(4));
            }
            changed = matcher.reset().replaceFirst(Matcher.quoteReplacement(edit.replacement.strip()));
        }
        return changed;
    }
}
