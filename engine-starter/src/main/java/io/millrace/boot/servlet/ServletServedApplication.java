package io.millrace.boot.servlet;

import io.millrace.boot.ServedApplication;
import io.millrace.core.http.ExchangeHandler;
import io.millrace.servlet.ServletApplication;
import io.millrace.servlet.ServletBridge;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.web.server.AbstractConfigurableWebServerFactory.TempDirs;

/**
 * A servlet application as the web server sees it.
 */
class ServletServedApplication implements ServedApplication {

	private final ServletApplication application;

	private final ServletBridge bridge;

	private final TempDirs tempDirs;

	private final @Nullable WebSocketEndpoints endpoints;

	ServletServedApplication(ServletApplication application, TempDirs tempDirs,
			@Nullable WebSocketEndpoints endpoints) {
		this.application = application;
		this.bridge = new ServletBridge(application);
		this.endpoints = endpoints;
		this.tempDirs = tempDirs;
	}

	@Override
	public ExchangeHandler handler() {
		return this.bridge;
	}

	@Override
	public String contextPath() {
		String path = this.application.getContextPath();
		return path.isEmpty() ? "/" : path;
	}

	@Override
	public void load() throws Exception {
		this.application.loadOnStartup();
	}

	@Override
	public void accepting(boolean accepting) {
		if (this.endpoints != null) {
			this.endpoints.accepting(accepting);
		}
	}

	@Override
	public void destroy() {
		this.application.stop();
		if (this.endpoints != null) {
			this.endpoints.destroy();
		}
		this.tempDirs.cleanup();
	}

}
