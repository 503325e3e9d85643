package dev.regions;

import dev.regions.observe.TaskRuntimeMXBean;
import java.lang.management.ManagementFactory;
import java.util.stream.Collectors;
import javax.management.InstanceAlreadyExistsException;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.ObjectName;
import javax.management.StandardMBean;

/** The management bean of a runtime, and its place in the platform's server. Loaded only where somebody registers one. */
final class TaskRuntimeMXBeanImpl implements TaskRuntimeMXBean {
    private final TaskRuntime runtime;

    private TaskRuntimeMXBeanImpl(TaskRuntime runtime) {
        this.runtime = runtime;
    }

    /** Registers a bean for a runtime; returns what takes it off again. */
    static Runnable register(TaskRuntime runtime) {
        try {
            ObjectName name = nameOf(runtime.name());
            ManagementFactory.getPlatformMBeanServer()
                    .registerMBean(
                            new StandardMBean(new TaskRuntimeMXBeanImpl(runtime), TaskRuntimeMXBean.class, true), name);
            return () -> unregister(name);
        } catch (InstanceAlreadyExistsException e) {
            throw new IllegalStateException(
                    "there is a management bean for a runtime named '" + runtime.name()
                            + "' already: give each runtime a name of its own",
                    e);
        } catch (JMException e) {
            throw new IllegalStateException("no management bean could be registered for " + runtime, e);
        }
    }

    private static void unregister(ObjectName name) {
        try {
            ManagementFactory.getPlatformMBeanServer().unregisterMBean(name);
        } catch (InstanceNotFoundException gone) {
            return; // somebody else has taken it off
        } catch (JMException e) {
            throw new IllegalStateException("the management bean " + name + " could not be taken off", e);
        }
    }

    private static ObjectName nameOf(String runtime) throws JMException {
        boolean plain = !runtime.isEmpty() && runtime.chars().noneMatch(c -> ",=:\"*?\n".indexOf(c) >= 0);
        return new ObjectName("dev.regions:type=TaskRuntime,name=" + (plain ? runtime : ObjectName.quote(runtime)));
    }

    @Override
    public String getName() {
        return runtime.name();
    }

    @Override
    public long getInFlightCount() {
        return runtime.inFlightCount();
    }

    @Override
    public int getReadyCount() {
        return runtime.readyCount();
    }

    @Override
    public int getWorkerCount() {
        return runtime.workerCount();
    }

    @Override
    public String dump() {
        return runtime.dump().toString();
    }

    @Override
    public String dumpJson() {
        return runtime.dump().toJson();
    }

    @Override
    public String explain(String task) {
        String all = runtime.dump().tasks().stream()
                .filter(each -> each.name().equals(task))
                .map(each -> "task '" + each.name() + "' " + each.reason() + ".")
                .collect(Collectors.joining("\n"));
        return all.isEmpty() ? "There is no unfinished task '" + task + "' that can be found." : all;
    }
}
