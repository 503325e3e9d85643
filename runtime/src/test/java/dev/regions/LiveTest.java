package dev.regions;

import static dev.regions.Handshakes.SECONDS;
import static dev.regions.Handshakes.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.regions.observe.TaskRuntimeMXBean;
import dev.regions.task.Task;
import java.io.BufferedReader;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.JMX;
import javax.management.MBeanServer;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A running process can be asked:")
@Timeout(value = 3 * SECONDS, unit = TimeUnit.SECONDS)
class LiveTest {
    private final CountDownLatch release = new CountDownLatch(1);

    @TempDir
    private Path folder;

    private Task<?> running(TaskRuntime runtime, String name) throws InterruptedException {
        CountDownLatch running = new CountDownLatch(1);
        Task<?> task = runtime.call(() -> Tasks.builder().name(name).spawn(() -> {
            running.countDown();
            release.await();
        }));
        await(running);
        return task;
    }

    // ---- Threads ----------------------------------------------------------------------------------------------------

    @Test
    @DisplayName("the JDK's thread dump and the runtime's dump, both JSON, are joined by the thread's identifier")
    void joinedWithThreadDump() throws Exception {
        try (TaskRuntime runtime = TaskRuntime.builder().name("live").build()) {
            running(runtime, "stuck \"here\"\n");
            ObjectMapper json = new ObjectMapper();

            JsonNode dump = json.readTree(runtime.dump().toJson());
            JsonNode threads = json.readTree(threadDump());

            JsonNode task = dump.path("tasks").get(0);
            assertThat(task.path("name").asText()).isEqualTo("stuck \"here\"\n");
            assertThat(task.path("state").asText()).isEqualTo("RUNNING");
            List<JsonNode> found = new ArrayList<>();
            for (JsonNode thread : threads.findValues("threads")) {
                thread.forEach(each -> {
                    if (each.path("tid").asLong() == task.path("threadId").asLong()) {
                        found.add(each);
                    }
                });
            }
            assertThat(found).hasSize(1);
            assertThat(found.get(0).path("name").asText()).isEqualTo("live-worker: stuck \"here\"\n");
            assertThat(found.get(0).path("stack").toString()).contains("LiveTest.lambda$running");
            release.countDown();
        }
    }

    private String threadDump() throws Exception {
        Path file = folder.resolve("threads.json");
        jcmd(ProcessHandle.current().pid(), "Thread.dump_to_file", "-overwrite", "-format=json", file.toString());
        return Files.readString(file);
    }

    private String jcmd(long process, String... arguments) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString());
        command.add(Long.toString(process));
        command.addAll(List.of(arguments));
        Path output = Files.createTempFile(folder, "jcmd", ".txt");
        Process jcmd = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        assertThat(jcmd.waitFor(SECONDS, TimeUnit.SECONDS)).isTrue();
        String said = Files.readString(output);
        assertThat(jcmd.exitValue()).as("%s says %s", command, said).isZero();
        return said;
    }

    @Test
    @DisplayName(
            "a thread has the name of the named task it runs, also after another ran in place, and not of one before")
    void threadNames() throws Exception {
        List<String> names = new ArrayList<>();
        try (TaskRuntime runtime = TaskRuntime.builder().name("live").build()) {
            runtime.run(() -> {
                Tasks.builder()
                        .name("outer")
                        .spawn(() -> {
                            names.add(Thread.currentThread().getName());
                            Task<?> inner = Tasks.builder().name("inner").spawn(() -> {
                                names.add(Thread.currentThread().getName());
                            });
                            inner.join();
                            names.add(Thread.currentThread().getName());
                            Tasks.spawn(() -> names.add(Thread.currentThread().getName()))
                                    .join();
                            names.add(Thread.currentThread().getName());
                        })
                        .join();
                Tasks.spawn(() -> names.add(Thread.currentThread().getName())).join();
            });
        }

        assertThat(names).hasSize(6);
        assertThat(names.get(0)).isEqualTo("live-worker: outer");
        assertThat(names.get(1)).isEqualTo("live-worker: inner");
        assertThat(names.get(2)).isEqualTo("live-worker: outer");
        assertThat(names.get(3))
                .as("in place, inside of one with a name, or on another worker")
                .isIn("live-worker: outer", "live-worker");
        assertThat(names.get(4)).isEqualTo("live-worker: outer");
        assertThat(names.get(5)).isEqualTo("live-worker");
    }

    // ---- JMX --------------------------------------------------------------------------------------------------------

    @Test
    @DisplayName("a management bean shows depths, dumps and explains, until the runtime is closed")
    void managementBean() throws Exception {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        ObjectName name = new ObjectName("dev.regions:type=TaskRuntime,name=managed");
        try (TaskRuntime runtime = TaskRuntime.builder().name("managed").build();
                TaskRuntime namesake = TaskRuntime.builder().name("managed").build()) {
            runtime.registerMBean();
            runtime.registerMBean();
            running(runtime, "stuck");

            TaskRuntimeMXBean bean = JMX.newMXBeanProxy(server, name, TaskRuntimeMXBean.class);
            assertThat(bean.getName()).isEqualTo("managed");
            assertThat(bean.getInFlightCount()).isEqualTo(1);
            assertThat(bean.getReadyCount()).isZero();
            assertThat(bean.getWorkerCount()).isPositive();
            assertThat(bean.dump()).contains("RUNNING 'stuck'");
            assertThat(new ObjectMapper()
                            .readTree(bean.dumpJson())
                            .path("inFlight")
                            .asInt())
                    .isEqualTo(1);
            assertThat(bean.explain("stuck")).startsWith("task 'stuck' runs on worker");
            assertThat(bean.explain("another")).contains("no unfinished task 'another'");
            assertThatIllegalStateException()
                    .isThrownBy(namesake::registerMBean)
                    .withMessageContaining("'managed'");
            release.countDown();
        }

        assertThat(server.isRegistered(name)).isFalse();
    }

    @Test
    @DisplayName("any name will do for a runtime with a management bean")
    void oddName() throws Exception {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        try (TaskRuntime runtime = TaskRuntime.builder().name("a,b=\"c\"*").build()) {
            runtime.registerMBean();

            assertThat(server.queryNames(new ObjectName("dev.regions:type=TaskRuntime,*"), null))
                    .anyMatch(name ->
                            ObjectName.unquote(name.getKeyProperty("name")).equals("a,b=\"c\"*"));
        }
    }

    @Test
    @DisplayName("from another process, as JConsole does: jcmd starts the agent, JMX asks the bean")
    void fromAnotherProcess() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        ForkedJvm.classPath(),
                        Stuck.class.getName())
                .redirectErrorStream(true)
                .start();
        try (BufferedReader says = process.inputReader()) {
            assertThat(says.readLine()).isEqualTo("running");
            jcmd(process.pid(), "ManagementAgent.start_local");
            Matcher address =
                    Pattern.compile("service:jmx:\\S+").matcher(jcmd(process.pid(), "ManagementAgent.status"));
            assertThat(address.find()).isTrue();

            try (JMXConnector connector = JMXConnectorFactory.connect(new JMXServiceURL(address.group()))) {
                MBeanServerConnection server = connector.getMBeanServerConnection();
                TaskRuntimeMXBean bean = JMX.newMXBeanProxy(
                        server, new ObjectName("dev.regions:type=TaskRuntime,name=regions"), TaskRuntimeMXBean.class);

                assertThat(bean.explain("waiting")).contains("it requires 'stuck' (RUNNING)");
                assertThat(bean.dump()).contains("RUNNING 'stuck'", "WAITING 'waiting'");
            }
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    /** Gets stuck, on the shared runtime. */
    static final class Stuck {
        public static void main(String[] arguments) throws Exception {
            TaskRuntime.shared().registerMBean();
            CountDownLatch running = new CountDownLatch(1);
            Task<?> stuck = Tasks.builder().name("stuck").spawn(() -> {
                running.countDown();
                new CountDownLatch(1).await();
            });
            Task<?> waiting = Tasks.builder().name("waiting").requires(stuck).spawn(() -> {});
            running.await();
            System.out.println("running");
            waiting.join();
        }
    }
}
