package dev.regions.core;

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
 * <p>The JDK notices such a scope when the binding of a scoped value ends below it on the stack: it closes the scope, and throws a
 * {@code StructureViolationException} out of the call that has made the binding. On a worker, the binding around all tasks is
 * that of the runtime; a task that runs in place is besides on top of the bindings of the task that joins it, which is
 * innocent.
 *
 * <p>So where the program can open such scopes at all, a task in place gets a binding of its own, whose end shows what it has left
 * behind. A program that cannot, because it runs on a JDK where they are a preview that is not enabled, does not pay for that.
 */
final class StructuredScopes {
    /** Whether the program can open such scopes. */
    static final boolean POSSIBLE = canOpen();

    private static final String VIOLATION = "java.util.concurrent.StructureViolationException";

    private StructuredScopes() {}

    /** Has this class initialised. */
    static void prepare() {}

    private static boolean canOpen() {
        try {
            return !isPreview() || isPreviewEnabled();
        } catch (Throwable unknown) {
            return true;
        }
    }

    /** Looks into the class file: where the API is a preview, an annotation says so, which reflection does not show. */
    private static boolean isPreview() throws IOException {
        try (InputStream type =
                ClassLoader.getSystemResourceAsStream("java/util/concurrent/StructuredTaskScope.class")) {
            return type == null
                    || new String(type.readAllBytes(), StandardCharsets.ISO_8859_1)
                            .contains("jdk/internal/javac/PreviewFeature");
        }
    }

    /** Looks whether the JVM accepts a class that says that it needs previews. */
    private static boolean isPreviewEnabled() throws IOException, IllegalAccessException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream type = new DataOutputStream(bytes);
        type.writeInt(0xCAFEBABE);
        type.writeShort(0xFFFF); // needs previews
        type.writeShort(Runtime.version().feature() + 44);
        type.writeShort(5); // constants: two classes and their names
        type.writeByte(1);
        type.writeUTF("dev/regions/core/NeedsPreviews");
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

    /** Returns true if something was thrown because a scope was found open where a binding ended. */
    static boolean isViolation(Throwable thrown) {
        return thrown.getClass().getName().equals(VIOLATION); // the class is a preview, too
    }

    /** Reports a scope that a task has left open. */
    static void report(String who, Throwable violation) {
        Log.write(System.Logger.Level.ERROR, who + " has left a StructuredTaskScope open; it is closed now", violation);
    }
}
