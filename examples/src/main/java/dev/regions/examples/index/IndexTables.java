package dev.regions.examples.index;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;

/** The tables of an index, and the transactions that fill them. */
final class IndexTables {
    /** How many rows one statement inserts, at most. */
    static final int ROWS = 1_000;

    /** How many statements make a transaction, at most. */
    static final int STATEMENTS = 8;

    /** An array of H2 has at most 65,536 elements: for more uses in one file, an identifier gets more rows. */
    static final int LINES = 50_000;

    /** No foreign keys: with them, writing the index of java.base/java of JDK 25 took more than twice as long. */
    static final String DEFINITIONS = """
        CREATE TABLE source_file (
            id INTEGER PRIMARY KEY,
            path VARCHAR NOT NULL,
            bytes BIGINT NOT NULL);
        CREATE TABLE identifier (
            id INTEGER PRIMARY KEY,
            name VARCHAR NOT NULL UNIQUE);
        CREATE TABLE occurrence (
            identifier INTEGER NOT NULL,
            file INTEGER NOT NULL,
            lines INTEGER ARRAY NOT NULL);
        CREATE INDEX occurrence_of_identifier ON occurrence (identifier);
        """;

    private record Identifier(int id, String name) {}

    private record Occurrence(int identifier, int file, int[] lines) {}

    private IndexTables() {}

    /** Returns what writes an index: files and identifiers first, then where they occur. */
    static List<Transaction> transactions(Index index) {
        return transactions(index, ROWS, STATEMENTS);
    }

    static List<Transaction> transactions(Index index, int rowsOfStatement, int statementsOfTransaction) {
        List<Identifier> identifiers = new ArrayList<>();
        List<Occurrence> occurrences = new ArrayList<>();
        new TreeMap<>(index.identifiers()).forEach((name, found) -> {
            int id = identifiers.size();
            identifiers.add(new Identifier(id, name));
            found.forEach(inFile -> addRows(id, inFile, occurrences));
        });

        List<Insert<?>> inserts = new ArrayList<>();
        partition(index.files(), rowsOfStatement).forEach(rows -> inserts.add(intoSourceFile(rows)));
        partition(identifiers, rowsOfStatement).forEach(rows -> inserts.add(intoIdentifier(rows)));
        partition(occurrences, rowsOfStatement).forEach(rows -> inserts.add(intoOccurrence(rows)));
        return partition(inserts, statementsOfTransaction).stream()
                .map(Transaction::new)
                .toList();
    }

    private static void addRows(int identifier, Occurrences found, List<Occurrence> rows) {
        int[] lines = found.lines();
        for (int from = 0; from < lines.length; from += LINES) {
            int to = Math.min(from + LINES, lines.length);
            rows.add(new Occurrence(identifier, found.file(), Arrays.copyOfRange(lines, from, to)));
        }
    }

    private static <T> List<List<T>> partition(List<T> all, int size) {
        List<List<T>> parts = new ArrayList<>();
        for (int from = 0; from < all.size(); from += size) {
            parts.add(all.subList(from, Math.min(from + size, all.size())));
        }
        return parts;
    }

    private static Insert<SourceFile> intoSourceFile(List<SourceFile> rows) {
        return new Insert<>("INSERT INTO source_file (id, path, bytes) VALUES (?, ?, ?)", rows, (insert, file) -> {
            insert.setInt(1, file.id());
            insert.setString(2, file.path());
            insert.setLong(3, file.bytes());
        });
    }

    private static Insert<Identifier> intoIdentifier(List<Identifier> rows) {
        return new Insert<>("INSERT INTO identifier (id, name) VALUES (?, ?)", rows, (insert, identifier) -> {
            insert.setInt(1, identifier.id());
            insert.setString(2, identifier.name());
        });
    }

    private static Insert<Occurrence> intoOccurrence(List<Occurrence> rows) {
        return new Insert<>(
                "INSERT INTO occurrence (identifier, file, lines) VALUES (?, ?, ?)", rows, (insert, found) -> {
                    insert.setInt(1, found.identifier());
                    insert.setInt(2, found.file());
                    insert.setObject(3, Arrays.stream(found.lines()).boxed().toArray(Integer[]::new));
                });
    }
}
