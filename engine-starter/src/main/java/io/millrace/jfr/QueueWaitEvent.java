package io.millrace.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Threshold;
import org.jspecify.annotations.Nullable;

/**
 * A request that has waited. Of the thread that was waited for, where one came.
 */
@Name("io.millrace.QueueWait")
@Label("Queue Wait")
@Description("The time from the end of the head of a request to the start of its handler, or to its end where no handler has seen it")
@Category("Millrace")
@Enabled(false)
@Threshold("10 ms")
@StackTrace(false)
final class QueueWaitEvent extends Event {

	private static final QueueWaitEvent ANY = new QueueWaitEvent();

	@Label("Connection")
	@ConnectionId
	@Nullable String connection;

	@Label("Method")
	@Nullable String method;

	@Label("Path")
	@Description("As it was sent, without the query")
	@Nullable String path;

	@Label("Mode")
	@Description("What runs the handler: pool, virtual, loop, inline or own; none where no handler has seen the request")
	@Nullable String mode;

	@Label("Priority")
	@Description("high, normal or low")
	@Nullable String priority;

	@Label("Handled")
	@Description("Whether a handler was reached")
	boolean handled;

	static boolean isWanted() {
		return ANY.isEnabled();
	}

}
