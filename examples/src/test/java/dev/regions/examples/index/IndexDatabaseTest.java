package dev.regions.examples.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.regions.examples.index.IndexDatabase.Frequency;
import dev.regions.examples.index.IndexDatabase.Totals;
import dev.regions.examples.index.IndexDatabase.Vocabulary;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IndexDatabaseTest {
    private static final ProgressLine.Screen UNWATCHED =
            new ProgressLine.Screen(new PrintWriter(Writer.nullWriter()), 0, false);

    private static Index index() {
        return new Index(
                Map.of(
                        "alpha", List.of(new Occurrences(0, new int[] {1, 1, 3}), new Occurrences(1, new int[] {2})),
                        "Beta", List.of(new Occurrences(1, new int[] {5, 6, 7, 8})),
                        "gamma", List.of(new Occurrences(0, new int[] {9}))),
                List.of(new SourceFile(0, "a/first.txt", null, 100), new SourceFile(1, "b.txt", null, 20)),
                List.of());
    }

    private static IndexDatabase holding(Index index) throws SQLException, InterruptedException {
        IndexDatabase database = IndexDatabase.inMemory();
        new RegionsIndexer(UNWATCHED).write(IndexTables.transactions(index), database.connection());
        return database;
    }

    /** Reads back everything, with no query of the class under test. */
    private static Map<String, List<Occurrences>> readBack(Connection connection) throws SQLException {
        Map<String, List<Occurrences>> identifiers = new TreeMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("""
                    SELECT name, file, lines FROM occurrence JOIN identifier ON identifier.id = identifier
                    ORDER BY name, file
                    """)) {
            while (row.next()) {
                Integer[] lines = row.getObject(3, Integer[].class);
                identifiers
                        .computeIfAbsent(row.getString(1), name -> new ArrayList<>())
                        .add(new Occurrences(
                                row.getInt(2),
                                Arrays.stream(lines).mapToInt(Integer::intValue).toArray()));
            }
        }
        return identifiers;
    }

    @Test
    void holdsWhatWasWrittenWhateverTheSizeOfStatementsAndTransactions() throws Exception {
        for (int rows = 1; rows <= 4; rows++) {
            for (int statements = 1; statements <= 4; statements++) {
                try (IndexDatabase database = IndexDatabase.inMemory()) {
                    List<Transaction> transactions = IndexTables.transactions(index(), rows, statements);
                    new RegionsIndexer(UNWATCHED).write(transactions, database.connection());

                    assertThat(readBack(database.connection())).isEqualTo(index().identifiers());
                }
            }
        }
    }

    @Test
    void answersHowMuchThereIs() throws Exception {
        try (IndexDatabase database = holding(index())) {
            assertThat(database.totals()).isEqualTo(new Totals(3, 9));
        }
        try (IndexDatabase database = holding(Index.EMPTY)) {
            assertThat(database.totals()).isEqualTo(new Totals(0, 0));
        }
    }

    @Test
    void answersWhichIdentifiersAreMostFrequentAndWhichFilesAreRichest() throws Exception {
        try (IndexDatabase database = holding(index())) {
            assertThat(database.mostFrequent(2))
                    .containsExactly(new Frequency("Beta", 4, 1), new Frequency("alpha", 4, 2));
            assertThat(database.richestFiles(5))
                    .containsExactly(new Vocabulary("a/first.txt", 2), new Vocabulary("b.txt", 2));
        }
    }

    @Test
    void answersWhereAnIdentifierIs() throws Exception {
        try (IndexDatabase database = holding(index())) {
            assertThat(database.locate("alpha"))
                    .containsExactly(Map.entry("a/first.txt", List.of(1, 1, 3)), Map.entry("b.txt", List.of(2)));
            assertThat(database.locate("ALPHA")).isEmpty();
            assertThat(database.locate("'; DROP TABLE identifier; --")).isEmpty();
        }
    }

    @Test
    void holdsMoreUsesInOneFileThanAnArrayOfH2Has() throws Exception {
        int[] lines = IntStream.rangeClosed(1, 2 * IndexTables.LINES + 1).toArray();
        Index index = new Index(
                Map.of("row", List.of(new Occurrences(0, lines))),
                List.of(new SourceFile(0, "data.sql", null, 0)),
                List.of());

        try (IndexDatabase database = holding(index)) {
            assertThat(database.mostFrequent(1)).containsExactly(new Frequency("row", lines.length, 1));
            assertThat(database.locate("row").get("data.sql"))
                    .containsExactly(Arrays.stream(lines).boxed().toArray(Integer[]::new));
        }
    }

    @Test
    void aDatabaseInAFileStaysWhenClosedAndGoesWhenDeleted(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("kept");
        IndexDatabase.in(file).close();
        assertThat(folder.resolve("kept.mv.db")).exists();
        assertThatExceptionOfType(CannotIndexException.class)
                .isThrownBy(() -> IndexDatabase.in(file))
                .withMessage("There is a database " + folder.resolve("kept.mv.db") + " already.");

        IndexDatabase.in(folder.resolve("scratch")).delete();
        try (var left = Files.list(folder)) {
            assertThat(left).containsExactly(folder.resolve("kept.mv.db"));
        }
    }
}
