package dev.regions.examples.index;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;

/**
 * A prepared statement and the rows to insert with it.
 *
 * @param sql an {@code INSERT} with parameters
 * @param rows what to insert, at least one
 * @param columns sets the parameters to a row
 */
record Insert<T>(String sql, List<T> rows, Columns<? super T> columns) {

    /** Sets the parameters of a prepared statement. */
    @FunctionalInterface
    interface Columns<T> {
        void set(PreparedStatement statement, T row) throws SQLException;
    }

    /** Returns the name of the table. */
    String table() {
        return sql.replaceFirst("INSERT INTO (\\w+).*", "$1");
    }

    /** Inserts all rows, in the current transaction of the connection. */
    void execute(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (T row : rows) {
                columns.set(statement, row);
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }
}
