package io.millrace.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/**
 * An event loop that was found stuck, and once more when it goes on: whoever reads the
 * recording of a process that never went on sees it too.
 */
@Name("io.millrace.EventLoopStall")
@Label("Event Loop Stall")
@Description("An event loop is busy with one thing for too long, which keeps all its connections waiting")
@Category("Millrace")
@Enabled(false)
@StackTrace(false)
final class EventLoopStallEvent extends Event {

	private static final EventLoopStallEvent ANY = new EventLoopStallEvent();

	@Label("Event Loop")
	@Description("The name of its thread")
	@Nullable String eventLoop;

	@Label("Busy")
	@Description("For how long it has been busy by now")
	@Timespan(Timespan.NANOSECONDS)
	long busy;

	@Label("Over")
	@Description("Whether it goes on, rather than being busy still")
	boolean over;

	@Label("Stack")
	@Description("Where it was found, a frame a line")
	@Nullable String stack;

	static boolean isWanted() {
		return ANY.isEnabled();
	}

}
