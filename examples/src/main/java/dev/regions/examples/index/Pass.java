package dev.regions.examples.index;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/**
 * The work done once, from the list of files to the last commit.
 *
 * @param index what came out
 * @param spent how long it took
 */
record Pass(Index index, Spent spent) {

    /**
     * How long a pass took, by the clock.
     *
     * @param reading to read the files and to fold what was found into one index
     * @param writing to write the index to the database
     */
    record Spent(Duration reading, Duration writing) {
        Duration total() {
            return reading.plus(writing);
        }
    }

    /** Does the work. */
    static Pass of(Indexer indexer, List<SourceFile> files, IndexDatabase database)
            throws SQLException, InterruptedException {
        long start = System.nanoTime();
        Index index = files.isEmpty() ? Index.EMPTY : indexer.index(files);
        long read = System.nanoTime();
        indexer.write(IndexTables.transactions(index), database.connection());
        long written = System.nanoTime();
        return new Pass(index, new Spent(Duration.ofNanos(read - start), Duration.ofNanos(written - read)));
    }
}
