package dev.regions.examples.index;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * An embedded H2 database with the {@linkplain IndexTables tables} of an index, over one connection, and what one may
 * ask it. Gone when closed if it is in memory.
 */
final class IndexDatabase implements AutoCloseable {
    private final Connection connection;

    /** How many distinct identifiers there are, and how often any is used. */
    record Totals(long identifiers, long uses) {}

    /** How often an identifier is used, and in how many files. */
    record Frequency(String identifier, long uses, long files) {}

    /** How many distinct identifiers a file has. */
    record Vocabulary(String path, long identifiers) {}

    /** What H2 has to complain of it throws; it need not also write it beside the database, or on standard error. */
    private static final String SETTINGS = ";TRACE_LEVEL_FILE=0;TRACE_LEVEL_SYSTEM_OUT=0";

    private IndexDatabase(String url) throws SQLException {
        connection = DriverManager.getConnection(url + SETTINGS);
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute(IndexTables.DEFINITIONS);
        }
        connection.commit();
    }

    /** Makes a database in memory, which nobody else can reach. */
    static IndexDatabase inMemory() throws SQLException {
        return new IndexDatabase("jdbc:h2:mem:");
    }

    /**
     * Makes a database in a file, to which H2 gives the extension {@code .mv.db}.
     *
     * @throws CannotIndexException if there is one already, or H2 cannot make one
     */
    static IndexDatabase in(Path file) throws CannotIndexException {
        Path complete = file.resolveSibling(file.getFileName() + ".mv.db");
        if (Files.exists(complete)) {
            throw new CannotIndexException("There is a database " + complete + " already.");
        }
        try {
            return new IndexDatabase("jdbc:h2:file:" + file.toAbsolutePath());
        } catch (SQLException refused) {
            throw new CannotIndexException("The database " + complete + " cannot be made.");
        }
    }

    /** Returns the connection, with auto-commit off. */
    Connection connection() {
        return connection;
    }

    Totals totals() throws SQLException {
        String sql = "SELECT (SELECT COUNT(*) FROM identifier), (SELECT SUM(CARDINALITY(lines)) FROM occurrence)";
        return query(sql, row -> new Totals(row.getLong(1), row.getLong(2))).get(0);
    }

    /** Returns the identifiers that are used most, in descending order, and by name where they are even. */
    List<Frequency> mostFrequent(int limit) throws SQLException {
        String sql = """
            SELECT name, SUM(CARDINALITY(lines)) AS uses, COUNT(DISTINCT file)
            FROM occurrence JOIN identifier ON identifier.id = identifier
            GROUP BY name ORDER BY uses DESC, name LIMIT ?
            """;
        return query(sql, row -> new Frequency(row.getString(1), row.getLong(2), row.getLong(3)), limit);
    }

    /** Returns where an identifier is used: by path, the line of each use. */
    SortedMap<String, List<Integer>> locate(String identifier) throws SQLException {
        String sql = """
            SELECT path, lines
            FROM occurrence
            JOIN identifier ON identifier.id = identifier
            JOIN source_file ON source_file.id = file
            WHERE name = ? ORDER BY path, lines[1]
            """;
        SortedMap<String, List<Integer>> linesByPath = new TreeMap<>();
        query(
                sql,
                row -> linesByPath
                        .computeIfAbsent(row.getString(1), path -> new ArrayList<>())
                        .addAll(List.of(row.getObject(2, Integer[].class))),
                identifier);
        return linesByPath;
    }

    /** Returns the files with the most distinct identifiers, in descending order, and by path where they are even. */
    List<Vocabulary> richestFiles(int limit) throws SQLException {
        String sql = """
            SELECT path, COUNT(DISTINCT identifier) AS identifiers
            FROM occurrence JOIN source_file ON source_file.id = file
            GROUP BY path ORDER BY identifiers DESC, path LIMIT ?
            """;
        return query(sql, row -> new Vocabulary(row.getString(1), row.getLong(2)), limit);
    }

    @FunctionalInterface
    private interface RowReader<T> {
        T read(ResultSet row) throws SQLException;
    }

    private <T> List<T> query(String sql, RowReader<T> reader, Object... parameters) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                statement.setObject(i + 1, parameters[i]);
            }
            List<T> results = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    results.add(reader.read(rows));
                }
            }
            return results;
        }
    }

    /** Closes the database and deletes its file, if it has one. */
    void delete() throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("DROP ALL OBJECTS DELETE FILES");
        }
        close();
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
