package dev.regions.examples.index;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** Does the work on the calling thread, without Regions: recursion and loops, to compare with. */
final class OneThreadIndexer implements Indexer {
    private final ProgressLine.Screen screen;

    OneThreadIndexer(ProgressLine.Screen screen) {
        this.screen = screen;
    }

    @Override
    public Index index(List<SourceFile> files) {
        try (var progress = new ProgressLine(screen, "Reading", files.size(), "files")) {
            return fold(files, progress);
        }
    }

    private static Index fold(List<SourceFile> files, ProgressLine progress) {
        if (files.size() == 1) {
            Index index = Index.of(files.get(0));
            progress.step();
            return index;
        }
        int middle = files.size() / 2;
        Index left = fold(files.subList(0, middle), progress);
        Index right = fold(files.subList(middle, files.size()), progress);
        return left.merge(right);
    }

    @Override
    public void write(List<Transaction> transactions, Connection connection) throws SQLException {
        try (var progress = new ProgressLine(screen, "Writing", transactions.size(), "transactions")) {
            for (Transaction transaction : transactions) {
                for (Insert<?> insert : transaction.inserts()) {
                    insert.execute(connection);
                }
                connection.commit();
                progress.step();
            }
        } catch (SQLException refused) {
            connection.rollback();
            throw refused;
        }
    }
}
