package dev.regions.observe;

/** The registration of an observer with a runtime, until it is closed. Thread-safe. */
public interface ObserverRegistration extends AutoCloseable {
    /** The default number of events that may wait for an observer before further ones are dropped. */
    int DEFAULT_CAPACITY = 1 << 17;

    /** Returns the number of events that were dropped because the observer was too slow. */
    long droppedEvents();

    /** Returns the number of calls of the observer that threw an exception. */
    long callbackFailures();

    /**
     * Waits until the observer has been notified of all events before this call, such as the completion of a task that
     * was awaited. Returns at once if called by the observer itself, or once the registration is closed and all events
     * are delivered.
     *
     * @throws InterruptedException if the calling thread is interrupted first
     */
    void flush() throws InterruptedException;

    /**
     * Ends the registration: the observer is notified of earlier events, and of none after. Waits for that as
     * {@link #flush()} does, but only some seconds for an observer that has stopped taking events; those it does not
     * take count as dropped. Closing it again does nothing.
     *
     * <p>If the calling thread is interrupted, this returns early, and leaves it interrupted.
     */
    @Override
    void close();
}
