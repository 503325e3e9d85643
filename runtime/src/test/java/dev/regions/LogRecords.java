package dev.regions;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Filter;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * Collects the log records of Regions that a test provokes, and keeps them off the console. A test states the text of
 * the records that it expects, and asserts on them; all other records are logged as usual. Thread-safe.
 */
public final class LogRecords implements AutoCloseable {
    /** Kept here because the log manager refers to its loggers weakly. */
    private static final Logger LOGGER = Logger.getLogger("dev.regions");

    private final String text;
    private final @Nullable Filter outer;
    private final Queue<LogRecord> records = new ConcurrentLinkedQueue<>();

    private LogRecords(String text) {
        this.text = text;
        this.outer = LOGGER.getFilter();
        LOGGER.setFilter(this::isLogged);
    }

    /** Collects, until it is closed, the records whose message contains a text. Instances may be nested. */
    public static LogRecords containing(String text) {
        return new LogRecords(text);
    }

    private boolean isLogged(LogRecord record) {
        if (record.getMessage().contains(text)) {
            format(record);
            records.add(record);
            return false;
        }
        return outer == null || outer.isLoggable(record);
    }

    /**
     * Calls the methods of the exception as a handler does: one that throws is ignored, an Error reaches the logging
     * code.
     */
    private static void format(LogRecord record) {
        try {
            new SimpleFormatter().format(record);
        } catch (RuntimeException ignored) {
            // a handler reports it to its error manager
        }
    }

    /** Waits until as many records have been collected, and asserts that there are no more. */
    public LogRecords await(int count) {
        Awaitility.await().until(() -> records.size() >= count);
        assertThat(messages()).hasSize(count);
        return this;
    }

    /** Returns the messages of the records, in the order in which they were logged. */
    public List<String> messages() {
        return records.stream().map(LogRecord::getMessage).toList();
    }

    /** Returns the exceptions of the records, in the same order; null where a record has none. */
    public List<@Nullable Throwable> thrown() {
        return records.stream().<@Nullable Throwable>map(LogRecord::getThrown).toList();
    }

    @Override
    public void close() {
        LOGGER.setFilter(outer);
    }
}
