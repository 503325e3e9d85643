package dev.regions.examples.index;

import dev.regions.TaskRuntime;
import dev.regions.report.RegionReport;
import dev.regions.report.RunRecorder;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * Indexes the identifiers of a source tree: reads every text file in one bulk region, folds the partial indexes
 * together, writes the index to an embedded H2 database through a sequential region, and asks it a few questions. Then
 * does the same again with and without Regions, compares what came out, and says what both took.
 *
 * <p>Exit codes: 0 if all went well; 1 if not, or if the comparison came to another index; 2, with one sentence on
 * standard error, if there is nothing to index or the command line cannot be understood.
 */
@Command(
        name = "regions-index",
        mixinStandardHelpOptions = true,
        version = "regions-index, an example of Regions",
        sortOptions = false,
        description = {
            "Indexes the identifiers of a source tree, with Regions and, to compare, on one thread.",
            "Left out are the folders " + SourceTree.LEFT_OUT_NAMES
                    + ". Files that are binary (a zero byte, or not UTF-8), larger than 8 MiB or unreadable, and"
                    + " symbolic links, are counted and named."
        })
public final class IndexSourceTree implements Callable<Integer> {
    private static final int FAILED = 1;
    private static final int MOST_FREQUENT = 10;
    private static final int RICHEST = 3;

    @Spec
    private CommandSpec spec;

    @Parameters(
            arity = "0..1",
            paramLabel = "FOLDER",
            defaultValue = ".",
            description = "The folder to index. Default: the current one.")
    private Path folder;

    @Option(
            names = "--identifier",
            paramLabel = "NAME",
            description = "The identifier whose files and lines to print. Default: the most frequent one.")
    private String identifier;

    @Option(
            names = "--database",
            paramLabel = "PATH",
            description = "Keeps the database, in PATH.mv.db, which must not exist. Default: it is in memory.")
    private Path database;

    @Option(
            names = "--report",
            paramLabel = "FILE",
            description =
                    "Writes a page about the first pass with Regions to FILE: a timeline, the critical path, and more.")
    private Path page;

    private IndexSourceTree() {}

    /** Runs the program and ends the JVM with its exit code. */
    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        return new CommandLine(new IndexSourceTree())
                .setParameterExceptionHandler((refused, args) -> complain(refused.getCommandLine(), refused))
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    if (failure instanceof CannotIndexException) {
                        return complain(command, failure);
                    }
                    throw failure;
                });
    }

    private static int complain(CommandLine command, Exception refused) {
        command.getErr().println(refused.getMessage());
        return CommandLine.ExitCode.USAGE;
    }

    @Override
    public Integer call() throws CannotIndexException, SQLException, InterruptedException {
        ensurePageCanBeWritten();
        PrintWriter out = spec.commandLine().getOut();
        ProgressLine.Screen screen = ProgressLine.Screen.terminal(out);
        Report report = new Report(out);

        long start = System.nanoTime();
        SourceTree tree = SourceTree.walk(folder);
        Duration walk = Duration.ofNanos(System.nanoTime() - start);
        Index index;
        try (IndexDatabase answers = open(database)) {
            RegionsIndexer indexer = new RegionsIndexer(screen);
            Pass pass = page == null
                    ? Pass.of(indexer, tree.files(), answers)
                    : recorded(() -> Pass.of(indexer, tree.files(), answers));
            index = pass.index();
            answer(answers, index, tree.skipped(), report);
            report.spent(index, indexer.spawned(), walk, pass.spent());
        }
        Comparison comparison = Comparison.with(index, tree.files(), screen, this::scratch);
        report.compared(comparison);
        return comparison.same() ? CommandLine.ExitCode.OK : FAILED;
    }

    /**
     * Does a pass and writes a page about it. To observe costs something: the pass takes a little longer than without.
     */
    private Pass recorded(PassBody body) throws CannotIndexException, SQLException, InterruptedException {
        try (RunRecorder recorder = RunRecorder.of(TaskRuntime.shared())) {
            Pass pass = body.run();
            RegionReport.of(recorder.recording()).writeTo(page);
            return pass;
        } catch (IOException e) {
            throw new CannotIndexException("The report " + page + " cannot be written.");
        }
    }

    @FunctionalInterface
    private interface PassBody {
        Pass run() throws SQLException, InterruptedException;
    }

    private void ensurePageCanBeWritten() throws CannotIndexException {
        if (page != null) {
            Path folderOfPage = page.toAbsolutePath().getParent();
            if (Files.isDirectory(page) || folderOfPage == null || !Files.isWritable(folderOfPage)) {
                throw new CannotIndexException("The report " + page + " cannot be written.");
            }
        }
    }

    private void answer(IndexDatabase database, Index index, List<Skipped> skippedByWalk, Report report)
            throws SQLException {
        report.contents(index, database.totals());
        List<Skipped> skipped = new ArrayList<>(skippedByWalk);
        skipped.addAll(index.skipped());
        report.skipped(skipped);
        List<IndexDatabase.Frequency> mostFrequent = database.mostFrequent(MOST_FREQUENT);
        report.mostFrequent(mostFrequent);
        if (identifier != null) {
            report.locations(identifier, database.locate(identifier));
        } else if (!mostFrequent.isEmpty()) {
            String first = mostFrequent.get(0).identifier();
            report.locations(first, database.locate(first));
        }
        report.richestFiles(database.richestFiles(RICHEST));
    }

    private static IndexDatabase open(Path file) throws SQLException, CannotIndexException {
        return file == null ? IndexDatabase.inMemory() : IndexDatabase.in(file);
    }

    /** The passes to compare with write to the same kind of database; if it is a file, to one beside it. */
    private IndexDatabase scratch() throws SQLException, CannotIndexException {
        return open(database == null ? null : database.resolveSibling(database.getFileName() + "-comparison"));
    }
}
