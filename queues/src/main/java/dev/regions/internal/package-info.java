/** Handling of user objects, shared by the modules of Regions and exported to them alone. */
@NullMarked
package dev.regions.internal;

import org.jspecify.annotations.NullMarked;
