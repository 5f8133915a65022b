package io.millrace.servlet;

import java.util.concurrent.locks.ReentrantLock;

import jakarta.servlet.Servlet;
import jakarta.servlet.ServletException;
import jakarta.servlet.UnavailableException;
import org.jspecify.annotations.Nullable;

/**
 * The life of a servlet (Servlet 6.1 §2.3): made and initialised by the first who needs
 * it, out of service while it says that it is unavailable, destroyed once.
 */
final class ServletLife {

	private final RegisteredServlet registration;

	private final ComponentSource<Servlet> source;

	// Not a monitor: init may block, and for long.
	private final ReentrantLock lock = new ReentrantLock();

	// Guarded by the lock: initialised and not destroyed.
	private @Nullable Servlet servlet;

	// Guarded by the lock: 0 while available, otherwise until when, or MAX_VALUE.
	private long unavailableUntil;

	// The servlet while it is in service: all that a request looks at.
	private volatile @Nullable Servlet ready;

	ServletLife(RegisteredServlet registration, ComponentSource<Servlet> source) {
		this.registration = registration;
		this.source = source;
	}

	/**
	 * The servlet, initialised by the first who needs it.
	 * @return the servlet, ready to serve
	 * @throws ServletException where its init fails or it is unavailable
	 */
	Servlet servlet() throws ServletException {
		Servlet servlet = this.ready;
		return (servlet != null) ? servlet : prepare();
	}

	private Servlet prepare() throws ServletException {
		this.lock.lock();
		try {
			requireAvailable();
			Servlet known = this.servlet;
			if (known == null) {
				known = initialise();
				this.servlet = known;
			}
			this.ready = known;
			return known;
		}
		finally {
			this.lock.unlock();
		}
	}

	private Servlet initialise() throws ServletException {
		try {
			Servlet fresh = this.source.get();
			fresh.init(this.registration);
			this.registration.application().registry().initialised(this.registration);
			return fresh;
		}
		catch (UnavailableException ex) {
			unavailable(ex);
			throw ex;
		}
	}

	private void requireAvailable() throws UnavailableException {
		String name = this.registration.getName();
		if (this.unavailableUntil == Long.MAX_VALUE) {
			throw new UnavailableException("Servlet '" + name + "' is not available");
		}
		long left = (this.unavailableUntil == 0) ? 0 : this.unavailableUntil - System.currentTimeMillis();
		if (left > 0) {
			throw new UnavailableException("Servlet '" + name + "' is not available now",
					(int) Math.min((left + 999) / 1000, Integer.MAX_VALUE));
		}
		this.unavailableUntil = 0;
	}

	/**
	 * The servlet has said that it cannot serve (§2.3.3.2). If that is for ever it is
	 * destroyed.
	 * @param unavailable what it said
	 */
	void unavailable(UnavailableException unavailable) {
		this.lock.lock();
		try {
			this.ready = null;
			if (unavailable.isPermanent()) {
				this.unavailableUntil = Long.MAX_VALUE;
				destroy();
			}
			else if (this.unavailableUntil != Long.MAX_VALUE) {
				this.unavailableUntil = System.currentTimeMillis() + unavailable.getUnavailableSeconds() * 1000L;
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/** Destroy the servlet if it was initialised. */
	void destroy() {
		this.lock.lock();
		try {
			Servlet known = this.servlet;
			this.servlet = null;
			this.ready = null;
			if (known != null) {
				known.destroy();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

}
