package dev.regions.examples.index;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** That {@link Index#merge} may be grouped in any way, so that a tree of tasks may do it. */
class IndexTest {
    private static final Skipped BINARY = new Skipped("b.bin", Skipped.Reason.BINARY);

    private static Index ofFile(int id, Map<String, int[]> lines) {
        Map<String, List<Occurrences>> identifiers = new TreeMap<>();
        lines.forEach((identifier, found) -> identifiers.put(identifier, List.of(new Occurrences(id, found))));
        return new Index(identifiers, List.of(new SourceFile(id, "f" + id, null, 10)), List.of());
    }

    /** Indexes of files with a few words each, out of few, and some that were skipped. */
    private static List<Index> randomLeaves(long seed) {
        Random random = new Random(seed);
        List<Index> leaves = new ArrayList<>();
        for (int id = 0; id < 1 + random.nextInt(20); id++) {
            if (random.nextInt(5) == 0) {
                leaves.add(new Index(Map.of(), List.of(), List.of(new Skipped("f" + id, Skipped.Reason.UNREADABLE))));
                continue;
            }
            Map<String, int[]> lines = new TreeMap<>();
            for (int word = 0; word < random.nextInt(6); word++) {
                lines.put(
                        "word" + random.nextInt(8),
                        random.ints(3, 1, 50).sorted().toArray());
            }
            leaves.add(ofFile(id, lines));
        }
        return leaves;
    }

    private static Index mergeInAnyGrouping(List<Index> leaves, Random random) {
        if (leaves.size() == 1) {
            return leaves.get(0);
        }
        int cut = 1 + random.nextInt(leaves.size() - 1);
        return mergeInAnyGrouping(leaves.subList(0, cut), random)
                .merge(mergeInAnyGrouping(leaves.subList(cut, leaves.size()), random));
    }

    @Test
    void mergedHoldsTheOccurrencesOfBothInOrderOfFiles() {
        Index first = ofFile(0, Map.of("both", new int[] {1, 2}, "left", new int[] {3}));
        Index second = ofFile(1, Map.of("both", new int[] {7}, "right", new int[] {8}));

        Index merged = first.merge(second);

        assertThat(merged.identifiers())
                .containsOnly(
                        Map.entry("both", List.of(new Occurrences(0, new int[] {1, 2}), new Occurrences(1, new int[] {7
                        }))),
                        Map.entry("left", List.of(new Occurrences(0, new int[] {3}))),
                        Map.entry("right", List.of(new Occurrences(1, new int[] {8}))));
        assertThat(merged.files()).extracting(SourceFile::id).containsExactly(0, 1);
        assertThat(merged.bytes()).isEqualTo(20);
    }

    @Test
    void mergedHoldsWhatEitherSkipped() {
        Index skipped = new Index(Map.of(), List.of(), List.of(BINARY));

        Index merged = skipped.merge(ofFile(0, Map.of("word", new int[] {1})));

        assertThat(merged.skipped()).containsExactly(BINARY);
        assertThat(merged.files()).hasSize(1);
    }

    @Test
    void mergeChangesNeitherOfThem() {
        Index first = ofFile(0, Map.of("both", new int[] {1}));
        Index second = ofFile(1, Map.of("both", new int[] {2}));

        first.merge(second);

        assertThat(first).isEqualTo(ofFile(0, Map.of("both", new int[] {1})));
        assertThat(second).isEqualTo(ofFile(1, Map.of("both", new int[] {2})));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void emptyIsTheIdentity(long seed) {
        for (Index index : randomLeaves(seed)) {
            assertThat(index.merge(Index.EMPTY)).isEqualTo(index);
            assertThat(Index.EMPTY.merge(index)).isEqualTo(index);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void anyTreeOfMergesComesToWhatALoopComesTo(long seed) {
        List<Index> leaves = randomLeaves(seed);

        Index loop = leaves.stream().reduce(Index.EMPTY, Index::merge);

        for (int i = 0; i < 20; i++) {
            assertThat(mergeInAnyGrouping(leaves, new Random(seed * 100 + i))).isEqualTo(loop);
        }
    }
}
