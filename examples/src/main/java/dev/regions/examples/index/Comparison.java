package dev.regions.examples.index;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The same work done again both ways, in turn, after it has been done once: by then the files are in the cache of the
 * operating system, if they fit, and the JVM has compiled much of what both ways share. In each round Regions comes
 * first, so that whatever still warms up is warmer for the one thread. This tells what both cost here and today; it is
 * no benchmark.
 *
 * @param rounds how many rounds there were
 * @param regions what the pass with Regions took whose total is the median, or the slower of the two in the middle
 * @param oneThread likewise for the passes with one thread
 * @param same whether all passes made the same index as the first
 */
record Comparison(int rounds, Pass.Spent regions, Pass.Spent oneThread, boolean same) {
    private static final int MAX_ROUNDS = 15;
    private static final long ENOUGH_NANOS = TimeUnit.SECONDS.toNanos(3);

    /** Makes an empty database for one pass. */
    @FunctionalInterface
    interface Scratch {
        IndexDatabase make() throws SQLException, CannotIndexException;
    }

    /** Runs one round, and more until there are fifteen or three seconds have passed. */
    static Comparison with(Index expected, List<SourceFile> files, ProgressLine.Screen screen, Scratch scratch)
            throws SQLException, InterruptedException, CannotIndexException {
        List<Pass.Spent> regions = new ArrayList<>();
        List<Pass.Spent> oneThread = new ArrayList<>();
        boolean same = true;
        long start = System.nanoTime();
        do {
            Pass withRegions = pass(new RegionsIndexer(screen), files, scratch);
            regions.add(withRegions.spent());
            same &= withRegions.index().equals(expected);
            Pass withOneThread = pass(new OneThreadIndexer(screen), files, scratch);
            oneThread.add(withOneThread.spent());
            same &= withOneThread.index().equals(expected);
        } while (regions.size() < MAX_ROUNDS && System.nanoTime() - start < ENOUGH_NANOS);
        return new Comparison(regions.size(), median(regions), median(oneThread), same);
    }

    private static Pass pass(Indexer indexer, List<SourceFile> files, Scratch scratch)
            throws SQLException, InterruptedException, CannotIndexException {
        IndexDatabase database = scratch.make();
        try {
            return Pass.of(indexer, files, database);
        } finally {
            database.delete();
        }
    }

    private static Pass.Spent median(List<Pass.Spent> passes) {
        return passes.stream()
                .sorted(Comparator.comparing(Pass.Spent::total))
                .toList()
                .get(passes.size() / 2);
    }
}
