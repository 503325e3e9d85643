package dev.regions.core.util;

import dev.regions.internal.Log;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.nio.charset.StandardCharsets;

/**
 * Scopes of the JDK's {@code StructuredTaskScope} that bodies leave open on their thread.
 *
 * <p>The JDK detects such a scope when a scoped-value binding below it on the stack ends: the JDK closes the scope, and
 * throws a {@code StructureViolationException} from the call that has made the binding. On a worker, the binding around
 * all tasks is that of the runtime. A task that runs in place is, in addition, on top of the bindings of the joining
 * task, which is innocent.
 *
 * <p>Therefore, where the program can open such scopes at all, a task in place gets a binding of its own; the end of
 * that binding reveals scopes left open. If such scopes are a preview of the JDK that is not enabled, the program does
 * not pay for that.
 */
public final class StructuredScopes {
    /** Whether the program can open such scopes. */
    public static final boolean POSSIBLE = canOpen();

    private static final String VIOLATION = "java.util.concurrent.StructureViolationException";

    private StructuredScopes() {}

    /** Initialises this class. */
    public static void prepare() {}

    private static boolean canOpen() {
        try {
            return !isPreview() || isPreviewEnabled();
        } catch (Throwable unknown) {
            return true;
        }
    }

    /** Searches the class file for the annotation that marks a preview API, because reflection does not show it. */
    private static boolean isPreview() throws IOException {
        try (InputStream type =
                ClassLoader.getSystemResourceAsStream("java/util/concurrent/StructuredTaskScope.class")) {
            return type == null
                    || new String(type.readAllBytes(), StandardCharsets.ISO_8859_1)
                            .contains("jdk/internal/javac/PreviewFeature");
        }
    }

    /** Returns true if the JVM accepts a class that is marked as needing previews. */
    private static boolean isPreviewEnabled() throws IOException, IllegalAccessException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream type = new DataOutputStream(bytes);
        type.writeInt(0xCAFEBABE);
        type.writeShort(0xFFFF); // needs previews
        type.writeShort(Runtime.version().feature() + 44);
        type.writeShort(5); // constants: two classes and their names
        type.writeByte(1);
        type.writeUTF(StructuredScopes.class.getPackageName().replace('.', '/') + "/NeedsPreviews");
        type.writeByte(7);
        type.writeShort(1);
        type.writeByte(1);
        type.writeUTF("java/lang/Object");
        type.writeByte(7);
        type.writeShort(3);
        type.writeShort(0x1020); // a class, synthetic
        type.writeShort(2);
        type.writeShort(4);
        type.writeLong(0); // no interfaces, fields, methods and attributes
        try {
            MethodHandles.lookup().defineHiddenClass(bytes.toByteArray(), false);
            return true;
        } catch (UnsupportedClassVersionError refused) {
            return false;
        }
    }

    /** Returns true if an exception was thrown because a scope was open at the end of a binding. */
    public static boolean isViolation(Throwable thrown) {
        return thrown.getClass().getName().equals(VIOLATION); // the class is a preview, too
    }

    /** Reports a scope that a task has left open. */
    public static void report(String who, Throwable violation) {
        Log.write(System.Logger.Level.ERROR, who + " has left a StructuredTaskScope open; it is closed now", violation);
    }
}
