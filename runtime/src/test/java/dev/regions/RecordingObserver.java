package dev.regions;

import dev.regions.observe.RegionEvent;
import dev.regions.observe.TaskEvent;
import dev.regions.observe.TaskInfo;
import dev.regions.observe.TaskObserver;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps all that it is told. */
class RecordingObserver implements TaskObserver {
    final List<TaskEvent> events = new CopyOnWriteArrayList<>();
    final List<String> regions = new CopyOnWriteArrayList<>();
    final List<String> deadlocks = new CopyOnWriteArrayList<>();

    /** Returns what has happened to tasks of a name, as kinds. */
    List<TaskEvent.Kind> kindsOf(String name) {
        return of(name).stream().map(TaskEvent::kind).toList();
    }

    List<TaskEvent> of(String name) {
        return events.stream().filter(event -> event.task().name().equals(name)).toList();
    }

    TaskInfo task(String name) {
        return of(name).get(0).task();
    }

    TaskEvent last(String name) {
        List<TaskEvent> all = of(name);
        return all.get(all.size() - 1);
    }

    @Override
    public void spawned(TaskEvent event) {
        keep(event, TaskEvent.Kind.SPAWNED);
    }

    @Override
    public void launched(TaskEvent event) {
        keep(event, TaskEvent.Kind.LAUNCHED);
    }

    @Override
    public void ready(TaskEvent event) {
        keep(event, TaskEvent.Kind.READY);
    }

    @Override
    public void started(TaskEvent event) {
        keep(event, TaskEvent.Kind.STARTED);
    }

    @Override
    public void retrying(TaskEvent event) {
        keep(event, TaskEvent.Kind.RETRYING);
    }

    @Override
    public void finished(TaskEvent event) {
        keep(event, TaskEvent.Kind.FINISHED);
    }

    @Override
    public void skipped(TaskEvent event) {
        keep(event, TaskEvent.Kind.SKIPPED);
    }

    @Override
    public void cancelled(TaskEvent event) {
        keep(event, TaskEvent.Kind.CANCELLED);
    }

    @Override
    public void regionOpened(RegionEvent event) {
        regions.add("opened " + event.region().kind());
    }

    @Override
    public void regionLaunched(RegionEvent event) {
        regions.add("launched " + event.region().kind() + " " + event.tasks());
    }

    @Override
    public void regionClosed(RegionEvent event) {
        regions.add("closed " + event.region().kind() + (event.failed() ? " in failure" : ""));
    }

    @Override
    public void deadlockFound(String description) {
        deadlocks.add(description);
    }

    private void keep(TaskEvent event, TaskEvent.Kind calledFor) {
        if (event.kind() != calledFor) {
            throw new AssertionError(event + " was told as " + calledFor);
        }
        events.add(event);
    }
}
