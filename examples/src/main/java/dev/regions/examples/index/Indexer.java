package dev.regions.examples.index;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * One way to do the work. Both ways read, merge and insert the same, in the same grouping; who waits for whom differs.
 */
sealed interface Indexer permits RegionsIndexer, OneThreadIndexer {

    /** Reads files, at least one, and returns one index of all. */
    Index index(List<SourceFile> files) throws InterruptedException;

    /**
     * Executes transactions in order and commits each before the next one begins. If one fails, it is rolled back and
     * the rest is left out.
     *
     * @param connection with auto-commit off
     */
    void write(List<Transaction> transactions, Connection connection) throws SQLException, InterruptedException;
}
