# The portal's image: one for web, worker, beat and migrate. Everything it needs is inside; it runs as nobody special.
FROM python:3.13-slim-trixie AS base
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 XDG_CACHE_HOME=/tmp/cache PATH=/opt/venv/bin:$PATH

# 1. The packages of the lock, in an environment of their own.
FROM base AS packages
RUN python -m venv /opt/venv
COPY requirements.txt /tmp/
RUN pip install --no-cache-dir --disable-pip-version-check --require-hashes --no-deps -r /tmp/requirements.txt

# 2. The portal with its compiled catalogues and fingerprinted static files.
FROM base AS portal
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
       fonts-dejavu-core \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /srv/tansiq tansiq \
    && install -d -o tansiq -g tansiq /data
COPY --from=packages /opt/venv /opt/venv
WORKDIR /srv/tansiq
COPY .ci/catalogues.py .ci/
COPY locale locale
RUN python .ci/catalogues.py
COPY manage.py gunicorn.conf.py ./
COPY static static
COPY templates templates
COPY portal portal
COPY actors actors
COPY meetings meetings
COPY recommendations recommendations
ENV PORTAL_ENV=production PORTAL_VAR=/data MEDIA_ROOT=/data/media STATIC_ROOT=/srv/tansiq/staticfiles
# The key is needed to start and stays in this one step; the running portal is given its own.
RUN SECRET_KEY="$(python -c 'import secrets; print(secrets.token_urlsafe(50))')" ALLOWED_HOSTS=build.invalid \
    EMAIL_URL=smtp://build.invalid PORTAL_VAR=/tmp/var python manage.py collectstatic --noinput --verbosity 0 \
    && rm -rf /tmp/var
USER tansiq
VOLUME /data
EXPOSE 8000
CMD ["gunicorn", "portal.wsgi:application"]
