package dev.regions.examples.index;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * An index of some files, of one or of all: what the tasks hand to each other. Nobody changes what is in it.
 *
 * <p>{@link #merge} is associative and {@link #EMPTY} is its identity, so neighbours may be merged in any grouping,
 * side by side. It does not commute: files stay in order.
 *
 * @param identifiers where each identifier occurs, by file in ascending order
 * @param files the files that were read
 * @param skipped the files that were not
 */
record Index(Map<String, List<Occurrences>> identifiers, List<SourceFile> files, List<Skipped> skipped) {
    static final Index EMPTY = new Index(Map.of(), List.of(), List.of());

    /** Reads a file and indexes it. */
    static Index of(SourceFile file) {
        return switch (Reading.of(file)) {
            case Reading.Text(String text) -> of(file, text);
            case Reading.NoText(Skipped.Reason reason) ->
                new Index(Map.of(), List.of(), List.of(new Skipped(file.path(), reason)));
        };
    }

    private static Index of(SourceFile file, String text) {
        Map<String, IntStream.Builder> lines = new HashMap<>();
        Tokenizer.tokenize(text, (identifier, line) -> lines.computeIfAbsent(identifier, i -> IntStream.builder())
                .add(line));
        Map<String, List<Occurrences>> identifiers = HashMap.newHashMap(lines.size());
        lines.forEach((identifier, found) -> identifiers.put(
                identifier, List.of(new Occurrences(file.id(), found.build().toArray()))));
        return new Index(identifiers, List.of(file), List.of());
    }

    /** Returns an index of the files of this one and of those of another, which come after. */
    Index merge(Index after) {
        Map<String, List<Occurrences>> both = HashMap.newHashMap(identifiers.size() + after.identifiers.size());
        both.putAll(identifiers);
        after.identifiers.forEach((identifier, found) -> both.merge(identifier, found, Index::concat));
        return new Index(both, concat(files, after.files), concat(skipped, after.skipped));
    }

    private static <T> List<T> concat(List<T> first, List<T> second) {
        List<T> both = new ArrayList<>(first.size() + second.size());
        both.addAll(first);
        both.addAll(second);
        return both;
    }

    /** Returns how large the files were that were read. */
    long bytes() {
        return files.stream().mapToLong(SourceFile::bytes).sum();
    }
}
