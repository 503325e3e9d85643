package dev.regions.examples.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLIntegrityConstraintViolationException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What both ways to do the work must do. */
class IndexerTest {
    private static final ProgressLine.Screen UNWATCHED =
            new ProgressLine.Screen(new PrintWriter(Writer.nullWriter()), 0, false);
    private static final int STATEMENTS = 4;

    static List<Indexer> bothWays() {
        return List.of(new RegionsIndexer(UNWATCHED), new OneThreadIndexer(UNWATCHED));
    }

    @TempDir
    Path folder;

    private String url;

    @BeforeEach
    void nameADatabase() {
        url = "jdbc:h2:mem:" + System.identityHashCode(this);
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection(url);
    }

    private Connection connectWithTable() throws SQLException {
        Connection connection = connect();
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE step (id INTEGER PRIMARY KEY)");
        }
        connection.setAutoCommit(false);
        return connection;
    }

    private static int countSteps(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT COUNT(*) FROM step")) {
            row.next();
            return row.getInt(1);
        }
    }

    private static Insert<Integer> insertStep(int id, Insert.Columns<Integer> before) {
        return new Insert<>("INSERT INTO step (id) VALUES (?)", List.of(id), (statement, row) -> {
            before.set(statement, row);
            statement.setInt(1, row);
        });
    }

    @ParameterizedTest
    @MethodSource("bothWays")
    void noStatementOfATransactionRunsBeforeTheOneBeforeIsCommitted(Indexer indexer) throws Exception {
        record Seen(int transaction, int committedRows) {}
        Queue<Seen> seen = new ConcurrentLinkedQueue<>();
        List<Seen> expected = new ArrayList<>();
        List<Transaction> transactions = new ArrayList<>();
        try (Connection connection = connectWithTable();
                Connection watcher = connect()) {
            for (int t = 0; t < 50; t++) {
                int transaction = t;
                List<Insert<?>> inserts = new ArrayList<>();
                for (int s = 0; s < STATEMENTS; s++) {
                    inserts.add(insertStep(
                            t * STATEMENTS + s,
                            (statement, row) -> seen.add(new Seen(transaction, countSteps(watcher)))));
                    expected.add(new Seen(t, t * STATEMENTS));
                }
                transactions.add(new Transaction(inserts));
            }

            indexer.write(transactions, connection);

            assertThat(seen).containsExactlyElementsOf(expected);
            assertThat(countSteps(watcher)).isEqualTo(50 * STATEMENTS);
        }
    }

    @ParameterizedTest
    @MethodSource("bothWays")
    void aTransactionThatFailsIsRolledBackAndNoneFollows(Indexer indexer) throws Exception {
        Insert.Columns<Integer> nothing = (statement, row) -> {};
        List<Transaction> transactions = List.of(
                new Transaction(List.of(insertStep(1, nothing), insertStep(2, nothing))),
                new Transaction(List.of(insertStep(3, nothing), insertStep(1, nothing))),
                new Transaction(List.of(insertStep(4, nothing))));
        try (Connection connection = connectWithTable();
                Connection watcher = connect()) {

            assertThatExceptionOfType(SQLException.class)
                    .isThrownBy(() -> indexer.write(transactions, connection))
                    .extracting(SQLException::getNextException)
                    .isInstanceOf(SQLIntegrityConstraintViolationException.class);

            assertThat(countSteps(connection)).isEqualTo(2);
            assertThat(countSteps(watcher)).isEqualTo(2);
        }
    }

    @Test
    void bothWaysMakeTheSameIndexOfAnyFiles() throws Exception {
        Random random = new Random(42);
        for (int files = 1; files <= 33; files++) {
            StringBuilder text = new StringBuilder();
            for (int word = 0; word < random.nextInt(40); word++) {
                text.append("word").append(random.nextInt(10)).append(random.nextBoolean() ? ' ' : '\n');
            }
            Files.writeString(folder.resolve("file" + files), text);
            List<SourceFile> found = SourceTree.walk(folder).files();

            Index withRegions = new RegionsIndexer(UNWATCHED).index(found);

            assertThat(withRegions).isEqualTo(new OneThreadIndexer(UNWATCHED).index(found));
            assertThat(withRegions.files()).isEqualTo(found);
        }
    }

    @ParameterizedTest
    @MethodSource("bothWays")
    void aFileThatVanishesOrIsBinaryIsNamedAndEndsNothing(Indexer indexer) throws Exception {
        Files.writeString(folder.resolve("a.txt"), "before");
        Files.write(folder.resolve("b.bin"), new byte[] {1, 0, 2});
        Path vanishing = Files.writeString(folder.resolve("c.txt"), "vanishes");
        Files.writeString(folder.resolve("d.txt"), "after");
        List<SourceFile> files = SourceTree.walk(folder).files();
        Files.delete(vanishing);

        Index index = indexer.index(files);

        assertThat(index.identifiers()).containsOnlyKeys("before", "after");
        assertThat(index.files()).extracting(SourceFile::path).containsExactly("a.txt", "d.txt");
        assertThat(index.skipped())
                .containsExactly(
                        new Skipped("b.bin", Skipped.Reason.BINARY), new Skipped("c.txt", Skipped.Reason.UNREADABLE));
    }

    @Test
    void spawnsATaskForEachFileMergeStatementAndCommit() throws Exception {
        for (String name : List.of("a", "b", "c", "d", "e")) {
            Files.writeString(folder.resolve(name), name);
        }
        RegionsIndexer indexer = new RegionsIndexer(UNWATCHED);

        indexer.index(SourceTree.walk(folder).files());
        assertThat(indexer.spawned()).isEqualTo(5 + 4);

        try (Connection connection = connectWithTable()) {
            Insert.Columns<Integer> nothing = (statement, row) -> {};
            indexer.write(
                    List.of(
                            new Transaction(List.of(insertStep(1, nothing), insertStep(2, nothing))),
                            new Transaction(List.of(insertStep(3, nothing)))),
                    connection);
        }
        assertThat(indexer.spawned()).isEqualTo(5 + 4 + 3 + 2);
    }
}
