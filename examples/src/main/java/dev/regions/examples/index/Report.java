package dev.regions.examples.index;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What the program prints. Long lists end in how many more there are. */
final class Report {
    private static final int MOST_SKIPPED = 10;
    private static final int MOST_FILES = 10;
    private static final int MOST_LINES = 12;

    private final PrintWriter out;

    Report(PrintWriter out) {
        this.out = out;
    }

    void contents(Index index, IndexDatabase.Totals totals) {
        line(
                "Indexed %s of %s: %s in %s.",
                count(index.files().size(), "file"),
                count(index.bytes(), "byte"),
                count(totals.identifiers(), "identifier"),
                count(totals.uses(), "place"));
    }

    void skipped(List<Skipped> skipped) {
        if (skipped.isEmpty()) {
            return;
        }
        String counts = skipped.stream()
                .collect(Collectors.groupingBy(Skipped::reason, TreeMap::new, Collectors.counting()))
                .entrySet()
                .stream()
                .map(entry -> String.format(Locale.ROOT, "%,d %s", entry.getValue(), entry.getKey()))
                .collect(Collectors.joining(", "));
        line("Skipped %,d: %s.", skipped.size(), counts);
        listed(
                skipped.stream()
                        .map(one -> "%s (%s)".formatted(one.path(), one.reason()))
                        .toList(),
                MOST_SKIPPED);
    }

    void mostFrequent(List<IndexDatabase.Frequency> identifiers) {
        heading("The most frequent identifiers");
        line("  %9s %7s", "uses", "files");
        identifiers.forEach(found -> line("  %,9d %,7d  %s", found.uses(), found.files(), found.identifier()));
    }

    void locations(String identifier, SortedMap<String, List<Integer>> linesByPath) {
        heading("The files and lines of " + identifier);
        List<String> files = new ArrayList<>();
        linesByPath.forEach((path, uses) -> files.add(path + ": " + lines(uses)));
        if (files.isEmpty()) {
            files.add("none: no file has it, or it is a word that is left out");
        }
        listed(files, MOST_FILES);
    }

    private static String lines(List<Integer> uses) {
        List<Integer> lines = List.copyOf(new TreeSet<>(uses));
        String first = lines.stream().limit(MOST_LINES).map(String::valueOf).collect(Collectors.joining(", "));
        int more = lines.size() - MOST_LINES;
        return more > 0 ? String.format(Locale.ROOT, "%s and %,d more", first, more) : first;
    }

    void richestFiles(List<IndexDatabase.Vocabulary> files) {
        heading("The files with the most identifiers");
        files.forEach(file -> line("  %,9d  %s", file.identifiers(), file.path()));
    }

    /** Says what the first pass took; what comes after it is {@link #compared}. */
    void spent(Index index, int tasks, Duration walk, Pass.Spent spent) {
        heading("What was spent");
        line(
                "  %s, %s, %s; %s to walk the folder",
                count(index.files().size(), "file"), count(index.bytes(), "byte"), count(tasks, "task"), millis(walk));
        line("%n  %-42s %12s %12s %12s", "", "read, fold", "write", "in all");
        times("Regions, this run, the JVM still cold", spent);
        out.flush();
    }

    void compared(Comparison comparison) {
        times("Regions, again (%s)".formatted(rounds(comparison)), comparison.regions());
        times("one thread, no tasks (%s)".formatted(rounds(comparison)), comparison.oneThread());
        line(
                "  %s",
                comparison.same()
                        ? "All of them made the same index."
                        : "They did not all make the same index: a file has changed meanwhile, or this is a bug.");
    }

    private static String rounds(Comparison comparison) {
        return comparison.rounds() == 1 ? "one round" : "median of %d rounds".formatted(comparison.rounds());
    }

    private void times(String what, Pass.Spent spent) {
        line("  %-42s %12s %12s %12s", what, millis(spent.reading()), millis(spent.writing()), millis(spent.total()));
    }

    private static String millis(Duration time) {
        return String.format(Locale.ROOT, "%,.1f ms", time.toNanos() / 1e6);
    }

    private void listed(List<String> all, int most) {
        all.stream().limit(most).forEach(one -> line("  %s", one));
        if (all.size() > most) {
            line("  and %,d more", all.size() - most);
        }
    }

    private static String count(long number, String thing) {
        return String.format(Locale.ROOT, "%,d %s%s", number, thing, number == 1 ? "" : "s");
    }

    private void heading(String text) {
        line("%n%s", text);
    }

    private void line(String format, Object... arguments) {
        out.println(String.format(Locale.ROOT, format, arguments));
    }
}
