package io.millrace.servlet;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The listeners of an asynchronous round, told in the order in which they were added.
 * What one of them throws is logged and harms none of the others (Servlet 6.1 §2.3.3.3).
 */
final class AsyncListeners {

	private static final Logger logger = LoggerFactory.getLogger(AsyncListeners.class);

	private final AsyncContext context;

	// Guarded by this.
	private List<Entry> entries = new ArrayList<>(2);

	AsyncListeners(AsyncContext context) {
		this.context = context;
	}

	synchronized void add(AsyncListener listener, @Nullable ServletRequest request,
			@Nullable ServletResponse response) {
		this.entries.add(new Entry(listener, request, response));
	}

	/** Another round starts: who wants to hear of that one too adds itself again. */
	void tellStart() {
		List<Entry> before;
		synchronized (this) {
			before = this.entries;
			this.entries = new ArrayList<>(2);
		}
		tell(before, AsyncListener::onStartAsync, null);
	}

	void tellTimeout() {
		tell(copy(), AsyncListener::onTimeout, null);
	}

	void tellError(Throwable thrown) {
		tell(copy(), AsyncListener::onError, thrown);
	}

	void tellComplete() {
		tell(copy(), AsyncListener::onComplete, null);
	}

	private synchronized List<Entry> copy() {
		return new ArrayList<>(this.entries);
	}

	private void tell(List<Entry> told, Notice notice, @Nullable Throwable thrown) {
		for (Entry entry : told) {
			try {
				notice.tell(entry.listener, new AsyncEvent(this.context, entry.request, entry.response, thrown));
			}
			catch (Throwable ex) {
				logger.warn("A listener of an asynchronous request failed", ex);
			}
		}
	}

	private record Entry(AsyncListener listener, @Nullable ServletRequest request, @Nullable ServletResponse response) {

	}

	private interface Notice {

		void tell(AsyncListener listener, AsyncEvent event) throws IOException;

	}

}
