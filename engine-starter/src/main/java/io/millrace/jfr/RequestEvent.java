package io.millrace.jfr;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Enabled;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.SettingDefinition;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/**
 * A request from its head to its end, if it was slow or is one of the sample. Off unless
 * a recording asks for it, as are all events: applications have recordings of their own
 * under way that mean something else.
 */
@Name("io.millrace.Request")
@Label("Request")
@Description("A request, from the end of its head until the last byte of the response was handed to the socket")
@Category("Millrace")
@Enabled(false)
@StackTrace(false)
final class RequestEvent extends Event {

	// Asked whether a recording wants such events, which is the read of a field.
	private static final RequestEvent ANY = new RequestEvent();

	@Label("Connection")
	@ConnectionId
	@Nullable String connection;

	@Label("Method")
	@Nullable String method;

	@Label("Path")
	@Description("As it was sent, without the query")
	@Nullable String path;

	@Label("Status")
	@Description("The status that was sent, 0 where none was")
	int status;

	@Label("Completed")
	@Description("Whether the response was handed to the socket, whole")
	boolean completed;

	@Label("Refusal")
	@Description("Why the engine has answered for the application, null where it has not")
	@Nullable String refusal;

	@Label("Queue Wait")
	@Description("From the end of the head to the start of the handler: for a worker, a permit, or what was missing of the body")
	@Timespan(Timespan.NANOSECONDS)
	long queueWait;

	@Label("Service Time")
	@Description("From the start of the handler to the end of the response, 0 where no handler has seen the request")
	@Timespan(Timespan.NANOSECONDS)
	long serviceTime;

	@Label("Mode")
	@Description("What ran the handler: pool, virtual, loop, inline or own; none where no handler has seen the request")
	@Nullable String mode;

	@Label("Priority")
	@Description("high, normal or low")
	@Nullable String priority;

	@Label("Request Body")
	@DataAmount
	long requestBytes;

	@Label("Response Body")
	@DataAmount
	long responseBytes;

	static boolean isWanted() {
		return ANY.isEnabled();
	}

	// Asked before there is anything to write, see RecordedExchange. One setting and not
	// two: of an event that was loaded before the recorder the JDK confuses them.
	@SettingDefinition
	@Name("select")
	@Label("Select")
	@Description("Requests that take as long are all recorded, and of the others one in so many: 20 ms + 1/1000, 20 ms, 1/100 or all")
	boolean select(SelectSetting setting) {
		return true;
	}

}
