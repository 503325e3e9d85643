package dev.regions.report;

/**
 * The record of one region. Times are in nanoseconds since the recording began, or {@link RecordedTask#NEVER}.
 *
 * @param id the index of the region in the recording, from 0 on, in the order of opening
 * @param parent the enclosing region, {@link #NONE} if there is none
 * @param kind the kind of region, such as {@code bulk}
 * @param name its name in messages
 * @param opened when it was opened
 * @param launched when it last forwarded tasks
 * @param ended when its code ended, which may be before its tasks do
 */
public record RecordedRegion(int id, int parent, String kind, String name, long opened, long launched, long ended) {
    /** Stands for no region. */
    public static final int NONE = -1;
}
