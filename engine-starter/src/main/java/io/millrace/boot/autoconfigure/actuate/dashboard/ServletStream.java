package io.millrace.boot.autoconfigure.actuate.dashboard;

import java.io.IOException;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.context.request.async.DeferredResult;
import org.springframework.web.context.request.async.DeferredResultProcessingInterceptor;
import org.springframework.web.context.request.async.WebAsyncUtils;
import org.springframework.web.filter.ShallowEtagHeaderFilter;

/**
 * The stream in Spring MVC. A result that never comes keeps the request asynchronous and
 * Spring away from the response, which is written from here; an emitter of Spring's would
 * hold a thread for each client that does not read.
 */
final class ServletStream implements DeferredResultProcessingInterceptor {

	private static final Long NO_TIMEOUT = 0L;

	private final EventBroadcaster broadcaster;

	// Set once the request is asynchronous, by its thread.
	private volatile @Nullable ServletSubscriber subscriber;

	private ServletStream(EventBroadcaster broadcaster) {
		this.broadcaster = broadcaster;
	}

	/**
	 * Open a stream.
	 * @param broadcaster who writes it
	 * @param request whose response it is
	 * @return what a handler of Spring MVC returns
	 */
	static Object open(EventBroadcaster broadcaster, HttpServletRequest request) {
		DeferredResult<Object> never = new DeferredResult<>(NO_TIMEOUT);
		ShallowEtagHeaderFilter.disableContentCaching(request);
		WebAsyncUtils.getAsyncManager(request)
			.registerDeferredResultInterceptor(ServletStream.class.getName(), new ServletStream(broadcaster));
		return never;
	}

	@Override
	public <T> void preProcess(NativeWebRequest request, DeferredResult<T> never) throws IOException {
		HttpServletRequest servletRequest = request.getNativeRequest(HttpServletRequest.class);
		HttpServletResponse response = request.getNativeResponse(HttpServletResponse.class);
		Assert.state(servletRequest != null && response != null, "Not a servlet request");
		ServletSubscriber opened = new ServletSubscriber(this.broadcaster, servletRequest.getAsyncContext(), response);
		this.subscriber = opened;
		if (this.broadcaster.add(opened) != null) {
			// The last place was taken, or the server stops, since the handler looked.
			response.setStatus(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
			opened.end();
			return;
		}
		response.setContentType(StreamHeaders.CONTENT_TYPE);
		StreamHeaders.OTHERS.forEach(response::setHeader);
		opened.listen();
	}

	@Override
	public <T> boolean handleError(NativeWebRequest request, DeferredResult<T> never, Throwable failure) {
		leave();
		return false;
	}

	@Override
	public <T> void afterCompletion(NativeWebRequest request, DeferredResult<T> never) {
		leave();
	}

	private void leave() {
		ServletSubscriber left = this.subscriber;
		if (left != null) {
			left.end();
		}
	}

}
