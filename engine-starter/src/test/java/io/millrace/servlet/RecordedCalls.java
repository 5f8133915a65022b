package io.millrace.servlet;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

/**
 * Everything a framework asks of the container for one request, recorded by a filter and
 * asked again by a servlet: what that allocates is the container's, as the framework is
 * not there any more.
 */
final class RecordedCalls {

	private final List<Call> calls = new ArrayList<>();

	/** Records what happens behind it, once. */
	Filter recorder() {
		return (request, response, chain) -> {
			if (this.calls.isEmpty()) {
				record(request, response, chain);
			}
			else {
				chain.doFilter(request, response);
			}
		};
	}

	private void record(ServletRequest request, ServletResponse response, FilterChain chain)
			throws IOException, ServletException {
		chain.doFilter(recording(HttpServletRequest.class, request, Target.REQUEST),
				recording(HttpServletResponse.class, response, Target.RESPONSE));
	}

	private <T> T recording(Class<T> type, Object real, Target target) {
		return type
			.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] { type }, (proxy, method, arguments) -> {
				this.calls.add(new Call(target, method, arguments));
				try {
					Object result = method.invoke(real, arguments);
					return (result instanceof ServletOutputStream stream) ? new RecordingStream(stream) : result;
				}
				catch (InvocationTargetException ex) {
					throw ex.getTargetException();
				}
			}));
	}

	/** Repeats what was recorded. */
	HttpServlet player() {
		return new HttpServlet() {

			@Override
			protected void service(HttpServletRequest request, HttpServletResponse response)
					throws ServletException, IOException {
				for (Call call : RecordedCalls.this.calls) {
					call.repeat(request, response);
				}
			}

		};
	}

	/**
	 * How often a method was called.
	 * @param name the name of the method
	 * @return the number of calls
	 */
	long count(String name) {
		return this.calls.stream().filter((call) -> call.method.getName().equals(name)).count();
	}

	private enum Target {

		REQUEST, RESPONSE, STREAM

	}

	private record Call(Target target, Method method, Object[] arguments) {

		void repeat(HttpServletRequest request, HttpServletResponse response) throws IOException, ServletException {
			try {
				switch (this.target) {
					case REQUEST -> this.method.invoke(request, this.arguments);
					case RESPONSE -> this.method.invoke(response, this.arguments);
					case STREAM -> this.method.invoke(response.getOutputStream(), this.arguments);
				}
			}
			catch (ReflectiveOperationException ex) {
				throw new ServletException(ex);
			}
		}

	}

	private final class RecordingStream extends ServletOutputStream {

		private final ServletOutputStream real;

		RecordingStream(ServletOutputStream real) {
			this.real = real;
		}

		private void add(String name, Class<?>[] types, Object... arguments) {
			try {
				Method method = ServletOutputStream.class.getMethod(name, types);
				RecordedCalls.this.calls.add(new Call(Target.STREAM, method, arguments));
			}
			catch (NoSuchMethodException ex) {
				throw new IllegalStateException(ex);
			}
		}

		@Override
		public void write(int b) throws IOException {
			add("write", new Class<?>[] { int.class }, b);
			this.real.write(b);
		}

		@Override
		public void write(byte[] bytes, int offset, int length) throws IOException {
			add("write", new Class<?>[] { byte[].class, int.class, int.class }, bytes.clone(), offset, length);
			this.real.write(bytes, offset, length);
		}

		@Override
		public void flush() throws IOException {
			add("flush", new Class<?>[0]);
			this.real.flush();
		}

		@Override
		public boolean isReady() {
			return this.real.isReady();
		}

		@Override
		public void setWriteListener(WriteListener listener) {
			throw new UnsupportedOperationException();
		}

	}

}
